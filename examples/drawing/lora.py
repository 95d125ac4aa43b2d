"""Lora, a character with purple hair, in different poses."""

from dataclasses import dataclass

from PIL import Image

from examples.drawing.canvas import Canvas, Outline, Point, arc, scattered, star

INK: Outline = ("#33204a", 5)
HAIR, HAIR_DARK, HAIR_LIGHT = "#8452bd", "#643a99", "#a67ad6"
SKIN, SKIN_DARK, BLUSH = "#f7d2b2", "#e8ae8b", "#f0978a"
JUMPER, JUMPER_DARK, COLLAR = "#f2b441", "#d9962b", "#fff4dd"
SKIRT, SKIRT_DARK = "#2f8088", "#236570"
TIGHTS, BOOTS = "#4a3663", "#bd4b3c"
WOOD, WOOD_DARK, WHITE = "#b9794a", "#93592f", "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where her limbs are, from the base of her neck; x to her left, which is our right."""

    left_elbow: Point = (92, 92)
    left_hand: Point = (98, 168)
    right_elbow: Point = (-92, 92)
    right_hand: Point = (-98, 168)
    left_knee: Point = (32, 320)
    left_foot: Point = (34, 410)
    right_knee: Point = (-32, 320)
    right_foot: Point = (-34, 410)
    tilt: float = 0
    swing: float = 0
    """How far the tips of her hair fly to the side."""
    lift: float = 0
    """How far they fly up and out."""
    left_eye: str = "open"
    right_eye: str = "open"
    mouth: str = "smile"


def draw(canvas: Canvas, pose: Pose) -> None:
    """Her whole figure, (0, 0) being the base of her neck; 640 units from head to boots."""
    with canvas.placed(0, 0, turn=pose.tilt):
        _hair_behind(canvas, pose)
    for side in (-1, 1):
        _leg(canvas, pose, side)
    _body(canvas)
    canvas.stroke([(0, -30), (0, 4)], 34, SKIN_DARK, INK)
    canvas.blob([(-40, 2), (0, 30), (40, 2), (20, -10), (-20, -10)], COLLAR, INK)
    with canvas.placed(0, 0, turn=pose.tilt):
        _head(canvas, pose)
    for side in (-1, 1):
        arm(canvas, pose, side)


def arm(canvas: Canvas, pose: Pose, side: int) -> None:
    """One arm alone, to be drawn again over something that it holds."""
    elbow, hand = (pose.left_elbow, pose.left_hand) if side > 0 else (pose.right_elbow, pose.right_hand)
    canvas.oval(hand, 19, 19, SKIN, INK)
    canvas.curve([(side * 56, 34), elbow, _short_of(hand, elbow, 14)], 36, JUMPER, INK)
    cuff = _short_of(hand, elbow, 15)
    canvas.stroke([cuff, cuff], 38, JUMPER_DARK)


def _short_of(end: Point, start: Point, gap: float) -> Point:
    length = max(1.0, ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5)
    part = 1 - gap / length
    return (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)


def _hair_behind(canvas: Canvas, pose: Pose) -> None:
    swing, lift = pose.swing, pose.lift
    outline = [
        (0, -232),
        (88, -205),
        (118, -120),
        (124 + swing / 2, -20 - lift / 3),
        (150 + swing + lift, 72 - lift),
        (104 + swing + lift / 2, 84 - lift / 2),
        (60 + swing / 2, 96 - lift),
        (0, 60 - lift / 2),
        (-60 + swing / 2, 96 - lift),
        (-104 + swing - lift / 2, 84 - lift / 2),
        (-150 + swing - lift, 72 - lift),
        (-124 + swing / 2, -20 - lift / 3),
        (-118, -120),
        (-88, -205),
    ]
    canvas.blob(outline, HAIR_DARK, INK)
    for side in (-1, 1):
        tip = (side * (116 + lift * 0.8) + swing, 62 - lift)
        canvas.curve([(side * 96, -90), (side * 102 + swing / 2, -10 - lift / 3), tip], 5, HAIR)


def _leg(canvas: Canvas, pose: Pose, side: int) -> None:
    knee, foot = (pose.left_knee, pose.left_foot) if side > 0 else (pose.right_knee, pose.right_foot)
    canvas.curve([(side * 30, 215), knee, foot], 40, TIGHTS, INK)
    shaft = _short_of(foot, knee, 34)
    canvas.stroke([shaft, foot], 44, BOOTS, INK)
    canvas.stroke([foot, (foot[0] + side * 22, foot[1] + 6)], 38, BOOTS, INK)
    canvas.stroke([shaft, foot], 44, BOOTS)


def _body(canvas: Canvas) -> None:
    canvas.blob(
        [
            (-58, 112),
            (0, 104),
            (58, 112),
            (86, 190),
            (112, 246),
            (60, 262),
            (0, 266),
            (-60, 262),
            (-112, 246),
            (-86, 190),
        ],
        SKIRT,
        INK,
    )
    for x in (-56, -4, 48):
        canvas.curve([(x * 0.7, 150), (x, 200), (x * 1.12, 250)], 6, SKIRT_DARK)
    canvas.blob([(-50, 6), (0, 0), (50, 6), (72, 34), (62, 120), (0, 134), (-62, 120), (-72, 34)], JUMPER, INK)
    canvas.curve([(-58, 108), (0, 121), (58, 108)], 9, JUMPER_DARK)


def _head(canvas: Canvas, pose: Pose) -> None:
    for side in (-1, 1):
        canvas.oval((side * 86, -100), 15, 20, SKIN_DARK, INK)
    canvas.blob(
        [
            (0, -206),
            (66, -186),
            (90, -118),
            (72, -54),
            (34, -22),
            (0, -15),
            (-34, -22),
            (-72, -54),
            (-90, -118),
            (-66, -186),
        ],
        SKIN,
        INK,
    )
    for side, eye in ((-1, pose.right_eye), (1, pose.left_eye)):
        canvas.oval((side * 54, -72), 16, 10, BLUSH)
        _eye(canvas, side, eye)
    canvas.curve([(-4, -86), (3, -78), (-4, -76)], 4, SKIN_DARK)
    _mouth(canvas, pose.mouth)
    fringe = [
        (-97, -86),
        (-106, -150),
        (-66, -216),
        (0, -236),
        (66, -216),
        (106, -150),
        (97, -86),
        (84, -118),
        (62, -152),
        (30, -160),
        (-6, -140),
        (-34, -132),
        (-56, -142),
        (-78, -124),
    ]
    canvas.blob(fringe, HAIR, INK)
    canvas.curve([(-70, -184), (-30, -208), (20, -212)], 9, HAIR_LIGHT)
    canvas.curve([(34, -204), (40, -202), (46, -199)], 9, HAIR_LIGHT)
    canvas.shape(star((72, -168), 26, 12, turn=-78), JUMPER, (INK[0], 4))


def _eye(canvas: Canvas, side: int, eye: str) -> None:
    x = side * 35
    canvas.curve([(x - 16, -137), (x, -143), (x + 16, -137)], 6, HAIR_DARK)
    match eye:
        case "wink":
            canvas.curve([(x - 15, -104), (x, -114), (x + 15, -104)], 7, INK[0])
        case "down":
            canvas.curve([(x - 15, -108), (x, -98), (x + 15, -108)], 7, INK[0])
        case _:
            canvas.oval((x, -107), 12, 17, INK[0])
            canvas.oval((x + 4, -113), 4, 6, WHITE)


def _mouth(canvas: Canvas, mouth: str) -> None:
    match mouth:
        case "laugh":
            canvas.blob([(-24, -58), (0, -55), (24, -58), (14, -36), (0, -30), (-14, -36)], "#8c2f3d", (INK[0], 4))
            canvas.oval((0, -37), 9, 5, BLUSH)
        case "calm":
            canvas.curve([(-12, -51), (0, -47), (12, -51)], 5, INK[0])
        case _:
            canvas.curve([(-24, -57), (0, -42), (24, -57)], 6, INK[0])


def _stage(paper: str, disc: str, ground: str | None = None) -> Canvas:
    canvas = Canvas(1024, 1024, paper)
    canvas.oval((500, 500), 420, 420, disc)
    if ground:
        canvas.blob([(-80, 1100), (-80, 880), (250, 850), (600, 868), (1080, 846), (1080, 1100)], ground)
    return canvas


def portrait() -> Image.Image:
    canvas = _stage("#ffe3cf", "#ffc9a8")
    with canvas.placed(500, 690, 2.3):
        draw(canvas, Pose())
    return canvas.image()


def wink() -> Image.Image:
    canvas = _stage("#d5efe6", "#aee0cf")
    pose = Pose(tilt=9, left_eye="wink", mouth="laugh", left_elbow=(150, 70), left_hand=(112, -34))
    with canvas.placed(480, 700, 2.15):
        draw(canvas, pose)
        for tip in ((100, -86), (136, -80)):
            canvas.stroke([(114, -42), tip], 13, SKIN, (INK[0], 4))
        canvas.oval((113, -36), 19, 19, SKIN)
    return canvas.image()


def wave() -> Image.Image:
    canvas = _stage("#dcecfb", "#fff3c4", "#8fc46f")
    canvas.oval((800, 190), 70, 70, "#ffd15c")
    for x, y in ((130, 910), (250, 940), (760, 925), (880, 900), (660, 965)):
        canvas.oval((x, y), 13, 13, WHITE)
        canvas.oval((x, y), 6, 6, JUMPER)
    pose = Pose(left_elbow=(130, 20), left_hand=(150, -90), right_hand=(-84, 176), mouth="laugh", swing=-16)
    with canvas.placed(480, 400, 1.18):
        draw(canvas, pose)
    for radius in (40, 62):
        canvas.stroke(arc((668, 290), radius, radius, -50, 30), 7, "#33204a")
    return canvas.image()


def read() -> Image.Image:
    canvas = _stage("#efe0f6", "#dcc3ec")
    canvas.box(-10, 200, 1010, 226, WOOD)
    for index in range(23):
        left, height = 8 + 44 * index, 118 + (index * 29) % 53
        canvas.box(left, 200 - height, left + 40, 200, _COVERS[index % len(_COVERS)])
        canvas.box(left, 180 - height * 0.7, left + 40, 188 - height * 0.7, COLLAR)
    pose = Pose(
        left_eye="down", right_eye="down", mouth="calm", tilt=-3,
        left_elbow=(112, 110), left_hand=(92, 176), right_elbow=(-112, 110), right_hand=(-92, 176),
    )  # fmt: skip
    with canvas.placed(500, 530, 1.7):
        draw(canvas, pose)
        for side in (-1, 1):
            canvas.shape([(0, 134), (side * 104, 112), (side * 104, 216), (0, 240)], BOOTS, INK)
            canvas.shape([(0, 130), (side * 94, 106), (side * 94, 206), (0, 232)], COLLAR, (INK[0], 3))
            for line in range(4):
                y = 138 + 20 * line
                canvas.stroke([(side * 16, y + 4), (side * 78, y - 10)], 4, "#cbb9a0")
        for side in (-1, 1):
            canvas.oval((side * 100, 178), 18, 20, SKIN, INK)
    return canvas.image()


_COVERS = (BOOTS, SKIRT, JUMPER, HAIR, "#5c8fc7", SKIRT_DARK, BLUSH, TIGHTS, "#8fc46f")


def tea() -> Image.Image:
    canvas = _stage("#fdeccb", "#f9d792")
    pose = Pose(
        right_eye="down", left_eye="down", tilt=5,
        left_elbow=(122, 110), left_hand=(46, 148), right_elbow=(-122, 110), right_hand=(-46, 148),
    )  # fmt: skip
    with canvas.placed(500, 520, 1.7):
        draw(canvas, pose)
        canvas.stroke(arc((58, 146), 24, 22, -80, 80), 10, WHITE, INK)
        canvas.blob([(-46, 110), (46, 110), (44, 160), (30, 190), (-30, 190), (-44, 160)], WHITE, INK)
        canvas.oval((0, 112), 45, 10, "#c98b52", INK)
        for x in (-18, 14):
            canvas.curve([(x, 88), (x + 10, 72), (x - 6, 56), (x + 6, 40)], 6, WHITE)
        for side in (-1, 1):
            canvas.oval((side * 48, 150), 19, 18, SKIN, INK)
    canvas.box(-10, 850, 1010, 1010, WOOD)
    canvas.box(-10, 850, 1010, 864, WOOD_DARK)
    canvas.oval((230, 850), 92, 16, WHITE, INK)
    for x, y in ((190, 832), (240, 826), (276, 834)):
        canvas.oval((x, y), 34, 16, "#d99a55", INK)
    return canvas.image()


def jump() -> Image.Image:
    canvas = _stage("#cfe6f2", "#a9d3e8", "#7fa3b8")
    canvas.oval((500, 920), 260, 42, "#5c8fc7")
    canvas.oval((470, 912), 170, 20, "#86b3dd")
    for x, y, size in ((250, 850, 14), (300, 810, 9), (730, 850, 14), (690, 800, 10), (770, 800, 8)):
        canvas.oval((x, y), size, size * 1.4, "#5c8fc7")
    pose = Pose(
        left_elbow=(128, 0), left_hand=(160, -86), right_elbow=(-128, 0), right_hand=(-160, -86), mouth="laugh", lift=62, swing=8,
        left_knee=(86, 292), left_foot=(120, 366), right_knee=(-86, 280), right_foot=(-42, 350), tilt=-4,
    )  # fmt: skip
    with canvas.placed(500, 362, 1.18, turn=-3):
        draw(canvas, pose)
    return canvas.image()


def umbrella() -> Image.Image:
    canvas = _stage("#c9d3e0", "#b3c2d4", "#6f8496")
    for index in range(40):
        x, y = scattered(index, 1000, 850)
        canvas.stroke([(x, y), (x - 10, y + 42)], 5, "#eef4fa")
    pose = Pose(left_elbow=(112, 96), left_hand=(98, 30), right_hand=(-92, 172), left_foot=(40, 410), swing=14)
    with canvas.placed(470, 512, 0.98):
        canvas.stroke([(98, 60), (60, -320)], 11, WOOD_DARK, (INK[0], 4))
        draw(canvas, pose)
        canopy = [*arc((66, -236), 268, 190, 180, 360), (244, -262), (155, -214), (66, -262), (-23, -214), (-112, -262)]
        canvas.shape(canopy, BOOTS, INK)
        canvas.shape([*arc((66, -236), 92, 190, 180, 360), (110, -232), (66, -262), (22, -232)], "#d7695a", (INK[0], 4))
        canvas.stroke([(66, -426), (66, -446)], 11, WOOD_DARK, (INK[0], 4))
        canvas.stroke([(98, 62), (94, 10)], 11, WOOD_DARK, (INK[0], 4))
        canvas.oval((98, 30), 19, 19, SKIN, INK)
    return canvas.image()


def paint() -> Image.Image:
    canvas = _stage("#f9dfe3", "#f4c3cb")
    for foot in ((680, 1010), (960, 1010)):
        canvas.stroke([(820, 380), foot], 22, WOOD_DARK, INK)
    canvas.shape([(630, 400), (1010, 400), (1010, 800), (630, 800)], WHITE, INK)
    canvas.blob([(655, 700), (740, 600), (840, 680), (920, 610), (990, 690), (985, 775), (655, 775)], "#8fc46f")
    canvas.oval((900, 490), 44, 44, JUMPER)
    canvas.box(615, 790, 1030, 822, WOOD)
    pose = Pose(
        left_elbow=(132, 96), left_hand=(170, 44), right_elbow=(-118, 96), right_hand=(-60, 150), tilt=6, mouth="smile"
    )
    with canvas.placed(350, 510, 1.62):
        draw(canvas, pose)
        canvas.stroke([(156, 62), (236, -6)], 8, WOOD_DARK, (INK[0], 4))
        canvas.stroke([(226, 2), (244, -12)], 14, "#5c8fc7", (INK[0], 4))
        canvas.oval((172, 46), 19, 19, SKIN, INK)
        canvas.blob([(-120, 150), (-60, 126), (10, 140), (24, 178), (-40, 204), (-112, 194)], WOOD, INK)
        for (x, y), colour in zip(
            ((-96, 158), (-66, 146), (-30, 148), (-84, 184)), (BOOTS, JUMPER, SKIRT, HAIR), strict=True
        ):
            canvas.oval((x, y), 11, 9, colour)
        canvas.oval((-52, 182), 19, 17, SKIN, INK)
    return canvas.image()


def lantern() -> Image.Image:
    canvas = _stage("#232048", "#2e2b5f", "#1a1836")
    for index in range(26):
        x, y = scattered(index, 1000, 560)
        canvas.oval((x, y), 3 + index % 3, 3 + index % 3, "#fff3c4")
    for radius, colour in ((250, "#3d3768"), (180, "#5a4a6e"), (118, "#8a6c66")):
        canvas.oval((700, 560), radius, radius, colour)
    pose = Pose(left_elbow=(116, 88), left_hand=(176, 78), right_hand=(-90, 172), mouth="calm", swing=-10)
    with canvas.placed(470, 410, 1.16):
        draw(canvas, pose)
        canvas.stroke(arc((198, 118), 26, 30, 180, 360), 6, INK[0])
        canvas.stroke([(176, 84), (196, 84)], 8, INK[0])
        canvas.shape([(168, 116), (228, 116), (236, 186), (160, 186)], "#ffe08a", INK)
        canvas.blob([(198, 132), (212, 160), (198, 176), (184, 160)], "#f28b3c")
        canvas.box(160, 108, 236, 118, INK[0])
        canvas.box(156, 184, 240, 196, INK[0])
        canvas.oval((178, 80), 19, 19, SKIN, INK)
    return canvas.image()
