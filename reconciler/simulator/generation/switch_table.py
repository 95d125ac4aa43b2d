"""The switches of generation: what the documents leave open about using a trained model."""

from typing import Final

from reconciler.simulator.switch_kind import Switch, choice, number

LEGACY: Final = (
    choice(
        "V01",
        "legacy_generation_sunset",
        "serving 410_message 403_string 404 400_message",
        "What the v1 operations of generation answer at all.",
    ),
    choice(
        "V02",
        "reimagine_path",
        "reimagine reimagine/tailored/{model_id} both",
        "Where structure reference with a tailored model lives.",
    ),
    choice("V03", "v1_sync_default", "true false", "`sync` where it is left out of a v1 request."),
    choice("V04", "v1_pending_url", "404 403_xml 200_empty 202", "The address of a v1 result that is not ready."),
    choice("V05", "v1_failed_async", "404_forever zero_byte 403_forever", "The address of a v1 result that failed."),
    choice("V06", "v1_num_results_default", "1 4", "`num_results` where it is left out."),
    choice(
        "V07",
        "v1_range_error",
        "422_list 400_message 400_fields clamp",
        "A field of a v1 request that is out of its range or of another type; `clamp` moves numbers into the range.",
    ),
    choice("V08", "fast_default", "by_training_version true false", "`fast` where it is left out."),
    choice("V09", "fast_mismatch", "ignored 400_message 422_list", "A `fast` that does not fit the training version."),
    choice("V10", "slow_many_results", "400_message clamp_to_2 accepted", "More than 2 results with `fast` false."),
    choice("V11", "seed_negative", "random 422_list literal", "A seed of -1."),
    choice("V12", "include_prefix_default", "true false", "`include_generation_prefix` where it is left out."),
    choice("V13", "prefix_join", "concat_verbatim space comma_space", "What stands between prefix and prompt."),
    choice("V14", "influence_range", "0_to_1.5 0_to_1 unbounded", "The range of the influence of a model in v1."),
    choice("V15", "bool_as_int", "accepted 422_list", "0 or 1 in place of false or true in v1."),
    choice(
        "V18", "wrong_family_portrait", "400_message 422_list 200_poor", "A max or 3.2 model at `restyle_portrait`."
    ),
    choice("V21", "vector_format", "svg png zip", "The file behind a vector result."),
    choice("V22", "vector_on_photography", "400_message 422_list 200", "Vectors with a model of photographs."),
    choice(
        "V23", "moderation_partial", "omitted blocked_object 422_all", "A synchronous v1 answer with a blocked result."
    ),
    choice("V24", "moderation_async", "zero_byte 404_forever", "The address of a blocked v1 result."),
    choice(
        "V25",
        "moderation_error_shape",
        "ErrMessage ErrErrorString ErrPydanticList ErrDetail",
        "The body of a 422 of moderation in v1.",
    ),
    choice("V26", "restyle_reply", "image_res result_urls", "The key in the answer of `restyle_portrait`."),
    choice(
        "V27",
        "restyle_no_face",
        "200 422_message 400_message",
        "A portrait smaller than 500 x 500, where no face is found.",
    ),
    choice("V28", "medium_on_tailored", "ignored honoured 422_list", "`medium` in a request with a tailored model."),
    choice("V29", "image_prompt_with_controlnet", "allowed 400_message", "An image prompt beside guidance methods."),
    choice("V30", "v1_request_id", "absent present", "Whether v1 answers hold `request_id` and `status_url`."),
    choice("V38", "v1_result_ttl", "3d 1h org_policy", "How long a v1 result is kept; `org_policy` is 30 days."),
    choice("V43", "checkpoint_unknown", "404_string 400_string falls_back", "A checkpoint that does not exist."),
    choice("V44", "guidance_ratio_mismatch", "400_message resized", "Guidance images of differing aspect ratios."),
    choice("V45", "guidance_gap", "400_message ignored", "`guidance_method_2` without `guidance_method_1`."),
)

EITHER: Final = (
    choice(
        "V16",
        "generate_not_ready",
        "400_string 404 409_message 412_string",
        "Generating with a model that is not Completed.",
    ),
    choice(
        "V17",
        "wrong_family_generate",
        "400_message 403_string 404 422_list",
        "Generating with a model of the other family.",
    ),
    choice("V19", "foreign_model", "403_string 404", "Generating with model 99999, which another organization owns."),
    choice("V20", "deleted_model_generate", "404 403_string 400_string", "Generating with a deleted model."),
    choice("V37", "result_url_form", "cloudfront_signed plain s3_presigned", "The form of the address of a result."),
)

CURRENT: Final = (
    choice("V31", "v2_sync_shape", "nested flat", "A synchronous v2 answer: in `result`, or at the top level."),
    choice("V32", "status_seed_type", "integer string", "The type of `seed` in v2 answers."),
    choice("V33", "status_http_running", "200 202", "The HTTP status while a job runs."),
    choice("V34", "status_case_reply", "upper lower", "The letters of `status`."),
    choice("V35", "status_ttl", "never_expires 3d 24h", "How long the status of a job can be read."),
    choice("V36", "status_error_code_type", "integer string", "The type of `error.code` of a failed job."),
    choice(
        "V39",
        "webhook_on_generation",
        "ignored honoured 400",
        "A `webhook_url` in a v2 request; nobody is ever called.",
    ),
    choice("V40", "structured_without_seed", "400_message random_seed", "A structured prompt alone without a seed."),
    choice("V41", "v2_model_key", "tailored_model_id_only both", "Whether `model_id` names the model in v2 as well."),
    choice("V42", "video_model_family", "any fibo_only", "The models from whose images videos are made."),
)

GENERATION: Final[tuple[Switch, ...]] = (*LEGACY, *EITHER, *CURRENT)

FIGURES: Final = (
    number(None, "generation_seconds", "5", "How long a generation takes."),
    Switch(name="generation_outcome", unknown=None, values=("completed", "failed"), meaning="How generations end."),
)
