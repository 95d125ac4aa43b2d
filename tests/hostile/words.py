"""What foreign words try, by the row of the list of hostile inputs that names it; each word carries a sign of its own."""

WORDS: dict[str, tuple[str, ...]] = {
    "H36": (
        "\x1b[2J\x1b[31m",
        "\x1b]0;title\x07",
        "\x1b]8;;http://x.example\x1b\\",
        "\x1b]52;c;eA==\x07",
        "\x1bP1$r\x1b\\",
        "\x9b31m\x9d0;t\x9c",
        "bell \x07",
        "back\x08\x08\x7f",
        "seen\runseen",
        "\x0b\x0c\x1a",
    ),
    "H37": (
        "\u202egnp.exe",
        "\u2066iso\u2067l\u2068a\u2069te",
        "zero\u200bwidth\u200c\u200d\u2060\ufeff",
        "\u200e\u200f\u061c",
        "tag \U000e0041\U000e007f",
        "selector \ufe00\ufe0e\U000e0101",
        "soft\u00adhyphen",
        "\u180eold \u180b\u180f",
        "filler \u3164\u115f\u1160\uffa0\u034f\u17b4",
        "tag zero \U000e0000\U000e0fff",
    ),
    "H38": (
        "::error file=x::",
        "::add-mask::a",
        "  ::stop-commands::t",
        "##[set-output name=a]b",
        "##vso[task]",
        "a\n::error::",
        "a\r::error::",
        "a\u2028::error::",
        "a\u2029::error::",
        "a\x85::error::",
        "a\x0b::error::\x0c::error::",
        "100% %0A::error::%zz",
    ),
    "H39": ("${{ secrets.T }}", "$[[ inputs.t ]]", "$(touch proof)", "`touch proof`", "; touch proof; #", "{{ 7*7 }}{% raw %}"),
    "H40": ("EOF", "x<<EOF", "a\nMODEL_X_ID=1", "ghadelimiter_1", "a=b\r\nc=d"),
    "H41": (
        "a | b |\n|---|---|",
        "``` \n```",
        "</details></summary>",
        "<!-- reconciler:plan:manifests -->",
        "@team @org/team",
        "#1 GH-1 org/repo#1 !1 ~bug",
        "![](http://evil.example/beacon.png)",
        "[x](javascript:alert(1))",
        "http://evil.example www.evil.example a@evil.example",
        "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
        "# heading\n- item\n> quote",
        "/close :tada: $`x`$ ` @team ` #1",
    ),
    "H42": (
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        '" onerror="alert(1)',
        "' onmouseover='alert(1)",
        "</title></style><b>",
        "data:text/html,<b>",
        "]]><![CDATA[",
        "--><!--",
        "a\u2028alert(1)",
        "&lt;script&gt;&#60;",
    ),
    "H43": ("=HYPERLINK(1)", "+1+1", "-1-1", "@SUM(1)"),
}  # fmt: skip


def signed(row: str) -> tuple[str, ...]:
    """The words of a row, each with a sign behind it by which an output shows that it carries it."""
    return tuple(f"{word} {sign(number)}" for number, word in enumerate(WORDS[row]))


def sign(number: int) -> str:
    """`zqaq`, `zqbq`: letters that nothing of ours says."""
    return f"zq{chr(ord('a') + number)}q"


def signs(row: str) -> set[str]:
    return {sign(number) for number in range(len(WORDS[row]))}
