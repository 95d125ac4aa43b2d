"""The table of switches: what each stands for, the values it takes, the first of which is the default."""

from typing import Final

from reconciler.simulator.generation.switch_table import FIGURES as GENERATION_FIGURES
from reconciler.simulator.generation.switch_table import GENERATION
from reconciler.simulator.switch_kind import Switch, choice, number, reserved

_NAMES_AND_BODIES: Final = (
    choice("U01", "unique_names", "none project dataset model all", "Whose names must differ: a second one gets 409."),
    choice("U02", "extra_fields", "ignore 400 422", "What a body with an undocumented field gets."),
    choice("U03", "bad_path_id", "422_list 404 400_message", "What a path id that is not a whole number gets."),
    choice(
        "U04", "auth_failure", "401_detail 401_string 403_string 401_empty", "The answer to a missing or bad token."
    ),
    choice("U10", "combined_put", "applied_in_order 409 400", "Prefix and status in one PUT of a dataset."),
    choice("U11", "put_semantics", "merge replace", "Whether a field left out of a PUT keeps its value or loses it."),
    choice("U12", "null_field", "ignored cleared 400", "What an explicit null in a body does."),
    choice("U45", "status_case", "insensitive sensitive_400", "Whether `Completed` is taken for `completed`."),
    choice("U68", "put_immutable_project", "ignored 400", "What a PUT of `ip_type` or `ip_medium` gets."),
    choice(
        "U76", "name_rules", "verbatim 400_over_64 stripped uniquified", "What the API does to the name of an object."
    ),
    choice("U77", "max_objects", "none 403_string 400_message", "The answer when `object_slots` of a kind exist."),
)

_DATASETS: Final = (
    choice("U07", "reopen_dataset", "409 200 200_ignored", "Sending `draft` to a completed dataset."),
    choice("U08", "rename_completed", "200 409", "Renaming a completed dataset."),
    choice("U09", "noop_prefix_on_completed", "409 200", "Sending a completed dataset the prefix it already has."),
    choice("U17", "complete_during_regen", "allowed 409", "Completing while captions are being regenerated."),
    choice(
        "U23", "prefix_normalize", "verbatim strip ensure_trailing_space", "What happens to a prefix's outer spaces."
    ),
    choice("U24", "text_limits", "none 400_over_limit", "Whether a prefix or caption over 1000 characters gets 400."),
    choice(
        "U25", "project_edit_updates_prefix", "no drafts_only", "Whether an edited project renews default prefixes."
    ),
    choice("U35", "delete_dataset_of_model", "204 409", "Deleting a dataset from which an idle model was made."),
    choice("U36", "orphan_model", "kept_id null", "The `dataset_id` of a model whose dataset is gone."),
    choice("U37", "delete_twice", "404 204", "The second deletion of the same thing."),
    choice("U38", "delete_while_stopping", "409 204", "Deleting a project, dataset or model while training stops."),
    choice(
        "U51", "clone_mode", "sync_full async_images captions_reset", "When and with which captions images are cloned."
    ),
    choice("U52", "clone_description", "dropped stored", "What becomes of a description given to a clone."),
    choice("U67", "complete_with_null_captions", "409 200", "Completing while an image has no caption."),
    choice("U71", "clone_image_names", "kept regenerated null", "The image names in a clone."),
    choice("U72", "clone_name", "honoured ignored", "Whether the name given to a clone is used."),
    choice("U73", "clone_prefix", "kept default", "The prefix of a clone."),
    choice("U74", "clone_caption_source", "automatic kept null", "The caption sources in a clone."),
)

_IMAGES: Final = (
    choice("U13", "caption_timing", "inline delayed delayed_pending", "When an uploaded image gets its caption."),
    choice(
        "U14", "caption_failure", "never null_caption 500", "How captioning an uploaded image fails; the image is kept."
    ),
    choice("U15", "regen_while_running", "202_same 409 429", "Regenerating while a regeneration runs."),
    choice("U16", "write_during_regen", "allowed 409 lost_update", "Writing captions or prefix while it runs."),
    choice("U18", "regen_overwrites_manual", "all automatic_only", "Which captions a regeneration replaces."),
    choice("U19", "regen_on_completed", "409 202", "Regenerating the captions of a completed dataset."),
    choice("U20", "regen_empty", "202_completed 400 409", "Regenerating the captions of a dataset without images."),
    choice("U21", "regen_outcome", "completed stuck_in_progress completed_partial", "How a regeneration ends."),
    choice("U22", "regen_status_reset", "keep empty", "The regeneration status after an upload or a new prefix."),
    choice("U26", "images_list", "unordered all_by_id cap_200", "The size and the order of the list of images."),
    choice("U27", "image_name_rules", "free unique_409 renamed", "What the API does to `image_name`."),
    choice("U28", "duplicate_content", "accepted 409", "Uploading the same bytes to a dataset twice."),
    choice("U29", "both_sources", "url_wins file_wins 400", "An upload with both `file` and `image_url`."),
    choice("U30", "upload_encodings", "raw_base64_only also_data_uri also_multipart", "How a file may be sent."),
    choice("U31", "max_upload_bytes", "none 12MB_413", "Whether a file over 12 MB gets 413."),
    choice(
        "U32", "resolution_rule", "shorter_side_inclusive shorter_side_exclusive area", "What makes an image too small."
    ),
    choice("U33", "image_url_form", "cropped original", "Which picture `image_url` names."),
    choice("U34", "image_url_expiry", "stable rotates_each_get", "Whether `image_url` changes with each answer."),
    choice(
        "U64", "prefix_reply", "prefix caption_prefix generation_prefix", "The key in the `generate_prefix` answer."
    ),
    choice("U75", "late_caption_wins", "no yes", "Whether a late automatic caption replaces a manual one."),
)

_MODELS: Final = (
    choice("U05", "deleted_model_get", "404 200_Deleted", "Reading a deleted model."),
    choice("U06", "deleted_model_in_lists", "hidden shown", "Whether lists show deleted models."),
    choice("U39", "model_on_draft", "201 409 412", "Creating a model from a draft dataset."),
    choice(
        "U40", "model_snapshot", "at_start live", "Whether `generation_prefix` follows the dataset after the start."
    ),
    choice("U41", "max_parallel_training", "none 409 429 queued", "A start when `training_slots` trainings run."),
    choice("U42", "restart", "409 200", "Starting a failed or stopped model."),
    choice("U43", "stop_body", "empty model_Stopping model_Stopped", "The answer to `stop_training`, and its speed."),
    choice("U44", "stop_created", "409 200", "Stopping a model that was never started."),
    choice("U46", "prefix_before_training", "empty_string null absent", "`generation_prefix` before training."),
    choice("U47", "description_default", "empty_string null absent", "A description that nobody gave."),
    choice("U62", "default_training_version", "max server_decides", "The version of a model created without one."),
)

_TRANSPORT: Final = (
    choice("U48", "timestamp_format", "naive_micros z_seconds", "How timestamps are written."),
    choice("U49", "id_type", "int numeric_string", "How ids are written in answers."),
    choice(
        "U50",
        "response_trim",
        "full trimmed observed",
        "Create and update answers: the keys of the documents, only those always there, or images in a PUT as well.",
    ),
    choice("U56", "rate_limit_reply", "no_headers_message retry_after html", "What a 429 looks like."),
    choice("U57", "rate_bucket", "method_and_template template token", "What the rate limit is counted by."),
    number("U58", "list_lag_seconds", "0 5", "How old the lists are, in simulated seconds."),
    number("U59", "list_latency_ms", "300 12000", "How long a list takes, in simulated milliseconds."),
    choice("U61", "trailing_slash", "same redirect_307 404", "A path with a slash at its end."),
    choice("U63", "era", "legacy mixed current", "Which generation of the API answers."),
    choice(
        "V103",
        "webhook_on_training",
        "ignored honoured 400_message",
        "A `webhook_url` at training, regeneration or zip upload; nobody is ever called.",
    ),
    choice("V104", "rate_owner", "organization token", "Who shares a rate limit."),
    choice("V105", "bearer_accepted", "no yes", "Whether `Authorization: Bearer` is taken for a token."),
    choice("V106", "training_image_ttl", "stable 3d org_policy", "The end of an image's address, written into it."),
    choice(
        "U70", "gateway_faults", "none 502_html 503_empty 504", "What every `gateway_every`-th request gets, unserved."
    ),
)

_FIGURES: Final = (
    number(None, "rate_limit", "none 10 60 1000", "Requests a simulated minute that one bucket takes."),
    number(None, "quota", "none 1000", "Requests in total, after which everything gets 403."),
    number(None, "gateway_every", "5", "Which requests `gateway_faults` hits."),
    number(None, "object_slots", "10", "How many objects of one kind `max_objects` allows."),
    number(None, "training_slots", "1", "How many trainings `max_parallel_training` allows at a time."),
    number(None, "training_hours", "by_id", "How long a training takes; `by_id`: 1 to 3 hours, by the model's id."),
    Switch(name="training_outcome", unknown=None, values=("completed", "failed"), meaning="How trainings end."),
    number(None, "training_failures", "0", "How many of the first trainings fail."),
    number(None, "stopping_seconds", "30", "How long a training takes to stop."),
    number(None, "sync_seconds", "60", "How long an uploaded model takes to be ready."),
    number(None, "caption_seconds", "5", "How long a delayed caption takes."),
    number(None, "clone_seconds", "5", "How long the images of a clone take, where they are late."),
    number(None, "bulk_seconds", "10", "How long a zip upload is pending."),
    number(None, "bulk_seconds_per_image", "0.05", "How long each image of a zip takes."),
    number(None, "regeneration_seconds", "2", "How long a regeneration takes, besides its images."),
    number(None, "regeneration_seconds_per_image", "0.2", "How long each image adds to a regeneration."),
)

FAMILIES: Final = (
    choice("U65", "schema_roundtrip", "verbatim canonical_json autocorrected", "How a visual schema is stored."),
    choice("U66", "caption_autocorrect", "on off", "Whether small faults in a JSON caption are mended, or get 400."),
    choice(
        "V90",
        "legacy_create_today",
        "accepted becomes_fibo 400_message 403_string",
        "Creating a dataset or model of the prefix family in the current era.",
    ),
    choice(
        "V91", "training_version_today", "ignored honoured 400_message", "A `training_version` in a current request."
    ),
    choice(
        "V92",
        "legacy_read_today",
        "both_keys prefix_only schema_null_only",
        "The guide keys of a prefix dataset in the current era.",
    ),
    choice("V93", "generate_prefix_today", "404 200 410", "The prefix helper in the current era."),
    choice("V94", "legacy_min_images_today", "1 5", "How many images complete a prefix dataset in the current era."),
    choice(
        "V95",
        "legacy_clone_today",
        "legacy_copy fibo_null_schema 409_message",
        "Cloning a prefix dataset in the current era.",
    ),
    choice(
        "V96",
        "legacy_start_today",
        "200 409_message 400_message",
        "Training a model of the prefix family in the current era.",
    ),
    choice(
        "V97", "family_signal", "guide_keys training_version none", "What in an answer shows the family of an object."
    ),
    choice(
        "V98",
        "family_mix_error",
        "400_message 409_message 422_list",
        "The answer where families would mix in a project.",
    ),
    choice("V99", "default_family", "max fibo", "The version of a dataset of the mixed era created without one."),
    choice("V100", "wrong_guide_field", "ignored 400_message", "A PUT with the guide field of the other family."),
    choice("V101", "complete_without_schema", "409_message 200", "Completing without a visual schema."),
    choice("V102", "upload_fibo_model", "200 400_message", "Uploading a model in the current era."),
    choice("V107", "legacy_model_in_lists", "shown hidden", "Models of the prefix family in lists of the current era."),
    choice("V108", "training_version_null", "null absent fibo", "The `training_version` of a project without family."),
)

ARCHIVES: Final = (
    choice("U53", "bulk_status_none", "404 400 200_pending", "The status of a zip upload before there was one."),
    choice("U54", "bulk_retry", "400 202", "A second zip upload after one that brought nothing."),
    choice("U55", "bulk_path", "images/bulk-upload images/bulk both", "The path of the zip upload."),
    choice("U69", "single_upload_on_advanced", "400 409", "A single upload to an advanced dataset."),
    choice("V50", "zip_fetch", "once_at_start delayed retried", "When and how often the zip is fetched."),
    choice("V51", "zip_url_rules", "any_public https_only head_first no_redirect", "What is demanded of `zip_url`."),
    choice(
        "V52", "zip_bad", "failed_status 400_message 422_message", "An address that cannot be fetched or gives no zip."
    ),
    choice("V53", "zip_layout", "flat_only nested_flattened nested_ignored", "Images in folders of the zip."),
    choice("V54", "zip_junk", "ignored failed_image job_failed", "Files in the zip that are neither image nor text."),
    choice("V55", "zip_same_stem", "both_share_txt second_failed last_wins", "Two images with the same stem."),
    choice("V56", "bulk_image_name", "entry_basename entry_path stem generated", "The `image_name` of zipped images."),
    choice("V57", "zip_over_count", "400_message first_5000 failed_status", "A zip with more than 5,000 images."),
    choice("V58", "zip_zero_valid", "failed_status completed_all_failed", "A zip without a single valid image."),
    choice("V59", "txt_normalize", "verbatim stripped prefix_removed", "The caption taken from a text in the zip."),
    choice(
        "V60", "txt_missing", "skipped_listed auto_captioned", "An image without its text where texts are demanded."
    ),
    choice("V61", "txt_in_automatic", "ignored used", "A text in the zip where captions are automatic."),
    choice("V62", "automatic_captioning_default", "true false", "`automatic_captioning` where it is left out."),
    choice("V63", "bulk_stored_form", "original crop_1024", "Which picture `image_url` of a zipped image names."),
    choice("V64", "bulk_moderation", "image_failed job_failed", "What moderation does to a zip."),
    choice("V65", "bulk_order", "zip_order arbitrary", "The order in which zipped images get their ids."),
    choice("V66", "bulk_progress", "monotone jumps stuck", "How the figures of a zip upload go on."),
    choice("V67", "bulk_caption_timing", "ready later", "Whether captions are there when the upload is completed."),
    choice("V68", "captions_source_initial", "null automatic", "`captions_source` before the zip upload."),
    choice("V69", "captions_source_after_edit", "unchanged follows", "`captions_source` after captions changed."),
    choice("V70", "write_during_bulk", "409_message allowed", "Other writes while a zip upload runs."),
    choice(
        "V71",
        "clone_advanced",
        "advanced_full advanced_first_200 advanced_empty 409_message",
        "Cloning an advanced dataset.",
    ),
    choice("V72", "clone_advanced_bulk", "400_message 202", "A zip upload into a clone of an advanced dataset."),
    choice(
        "V74", "advanced_needs_expert", "no 400_on_create 409_on_start", "An automatic model on an advanced dataset."
    ),
    choice("V75", "advanced_min_images", "same_as_basic 201", "How many images complete an advanced dataset."),
    choice("V76", "download_draft", "200 409_message", "Downloading an advanced dataset that is a draft."),
    choice(
        "V77", "download_layout", "images_only images_and_txt images_and_metadata", "What a downloaded archive holds."
    ),
    choice("V78", "download_bytes", "original processed", "The bytes of images in a downloaded archive."),
    choice("V79", "captions_file_format", "json csv jsonl txt_zip", "What `captions_url` gives."),
    number("V80", "download_ttl_seconds", "3600 86400", "How long a download address works."),
    choice("V81", "failed_images_cap", "all first_100", "How many failures of a zip upload are listed."),
    choice("V82", "bulk_status_retention", "kept 404", "The status of a zip upload a day after its end."),
    choice(
        "V83",
        "bulk_status_path",
        "images/bulk-upload/status bulk-upload/status both",
        "The path of the status of a zip upload.",
    ),
    choice("V84", "advanced_single_edit", "allowed 400_message", "Changing one image of an advanced draft."),
    choice("V85", "bulk_source_url", "null zip_url absent", "`upload_source_url` of zipped images."),
    choice("V86", "fibo_zip_captions", "ignored used", "Texts in the zip of a schema dataset."),
    choice("V87", "download_range", "honoured ignored", "A request for the rest of a download, from a byte on."),
    choice("V88", "download_entitled", "yes 403_string", "Downloading by an account whose plan may not include it."),
)

PLAYED: Final = (
    *_NAMES_AND_BODIES,
    *_DATASETS,
    *_IMAGES,
    *FAMILIES,
    *ARCHIVES,
    *GENERATION,
    *_MODELS,
    *_TRANSPORT,
    *_FIGURES,
    *GENERATION_FIGURES,
)

RESERVED: Final = (reserved("U60", "activate_checkpoint", "absent", "How the active checkpoint is chosen."),)
