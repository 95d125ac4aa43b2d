"""Draw every image of `manifests/` and `examples/`: `python -m examples.draw [FOLDER]`, the same bytes on every run.

The images are committed; this is where they come from, and the place to draw another one.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from examples.drawing import icons, lora, mugs, scenes

Drawing = Callable[[], Image.Image]
DRAWINGS: dict[str, Drawing] = {
    "manifests/weather/images/cloud.png": icons.cloud,
    "manifests/weather/images/rain.png": icons.rain,
    "manifests/weather/images/snow.png": icons.snow,
    "manifests/weather/images/storm.png": icons.storm,
    "manifests/weather/images/sun.png": icons.sun,
    "examples/quickstart/images/jump.png": lora.jump,
    "examples/quickstart/images/paint.png": lora.paint,
    "examples/quickstart/images/portrait.png": lora.portrait,
    "examples/quickstart/images/read.png": lora.read,
    "examples/quickstart/images/tea.png": lora.tea,
    "examples/quickstart/images/umbrella.png": lora.umbrella,
    "examples/quickstart/images/wave.png": lora.wave,
    "examples/quickstart/images/wink.png": lora.wink,
    "examples/quickstart/spare/lantern.png": lora.lantern,
    "examples/expert/mugs/dots.jpg": mugs.dots,
    "examples/expert/mugs/drip.jpg": mugs.drip,
    "examples/expert/mugs/leaves.jpg": mugs.leaves,
    "examples/expert/mugs/speckles.jpg": mugs.speckles,
    "examples/expert/mugs/stars.jpg": mugs.stars,
    "examples/expert/mugs/stripes.jpg": mugs.stripes,
    "examples/expert/mugs/sunrise.jpg": mugs.sunrise,
    "examples/expert/mugs/waves.jpg": mugs.waves,
    "examples/style/scenes/cliff.webp": scenes.cliff,
    "examples/style/scenes/forest.webp": scenes.forest,
    "examples/style/scenes/lake.webp": scenes.lake,
    "examples/style/scenes/mountains.webp": scenes.mountains,
    "examples/style/scenes/snow.webp": scenes.snow,
    "examples/style/scenes/valley.webp": scenes.valley,
}


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture in the format that its name asks for: few bytes, no metadata."""
    path.parent.mkdir(parents=True, exist_ok=True)
    match path.suffix:
        case ".png":
            palette = picture.quantize(96, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
            palette.save(path, optimize=True)
        case ".jpg":
            picture.save(path, quality=86, optimize=True, progressive=True)
        case _:
            picture.save(path, quality=84, method=6)


def main(folder: str = ".") -> None:
    """Draw everything below a folder."""
    for name, drawing in DRAWINGS.items():
        path = Path(folder, name)
        save(drawing(), path)
        print(f"{path.stat().st_size:7,}  {path}")


if __name__ == "__main__":
    main(*sys.argv[1:])
