"""The text that every caption of a dataset continues: what the API itself would write."""


def default_prefix(ip_medium: str, ip_type: str, ip_name: str | None, ip_description: str | None) -> str | None:
    """The prefix that the API writes for a character, as far as its wording is known; None where it is not.

    Observed for photography: `A photo of a character named Briaphant, a purple skinned elephant, ` (the name re-cased,
    comma and space at the end); the documented illustration form ends with the bare comma.
    """
    if ip_type != "defined_character" or not ip_name or not ip_description:
        return None
    name = " ".join(word.capitalize() for word in ip_name.split())
    if ip_medium == "photography":
        return f"A photo of a character named {name}, {ip_description.strip()}, "
    return f"An illustration of a character named {name}, {ip_description.strip()},"
