"""Writes the model card and its pictures from what training and measuring found.

    python card.py build/ --card MODEL_CARD.md
"""

import argparse
import json
from pathlib import Path
from string import Template

import numpy
import torch
from PIL import Image

from measure import CONTROLS, MODELS
from network import HEADS, LAST, LAYERS
from textures import FAMILIES
from textures.images import paint

SAMPLES, SAMPLE_SIZE, SAMPLE_SEED = 8, 64, 7
QUALITY = 80
#: Where the card finds its pictures; the site's build turns this into its own folder.
PICTURES = "../../www/public/model-card"


def class_picture(number: int) -> Image.Image:
    """One row of images of a family."""
    images = paint(number, SAMPLES, SAMPLE_SIZE, torch.Generator().manual_seed(SAMPLE_SEED)).images
    row = (torch.cat(list(images), 2).permute(1, 2, 0) * 255).round().byte().numpy()
    return Image.fromarray(numpy.ascontiguousarray(row))


def readable(name: str) -> str:
    return name.replace("_", " ")


def families_table(families: list[dict]) -> str:
    rows = ["| pictures | family | told right | most mistaken for |", "|---|---|---|---|"]
    for family in families:
        name, other = readable(family["name"]), family["most_mistaken_for"]
        picture = f"![Eight computed images of the family {name}]({PICTURES}/families/{family['name']}.webp)"
        rows.append(f"| {picture} | {name} | {100 * family['accuracy']:.0f} % | {readable(other) if other else 'none'} |")
    return "\n".join(rows)


def layers_table(training: dict, measures: dict) -> str:
    rows = [
        "| layer | dead | near copies | entropy: trained | untrained | untrained, rescaled | below untrained | below rescaled |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for layer in LAYERS:
        found = measures["structure"][layer.name]
        cells = [
            f"{100 * len(measures['dead'][layer.name]) / layer.channels:.1f} %",
            f"{100 * training['near_copies'][layer.name]:.1f} %",
            *(f"{sum(found['entropies'][model]) / len(found['entropies'][model]):.3f}" for model in MODELS),
            *(f"{100 * found['below'][control]:.1f} %" for control in CONTROLS),
        ]
        rows.append(f"| {layer.name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def heads_table(training: dict) -> str:
    rows = ["| head | families told right |", "|---|---|"]
    rows += [f"| {name} | {100 * training['accuracy_by_head'][name]:.1f} % |" for name in HEADS]
    return "\n".join(rows)


def grids(build: Path, pictures: Path) -> str:
    """Converts the grids that `vggscope render` made, and gives the text that shows them."""
    parts = []
    for layer in LAYERS:
        sources = [build / "grids" / f"{layer.name}-{model}.png" for model in ("trained", "untrained-rescaled")]
        parts.append(f"### {layer.name}\n")
        for source in sources:
            Image.open(source).convert("RGB").save(pictures / "grids" / f"{source.stem}.webp", quality=QUALITY)
            parts.append(f"![{source.stem.replace('-', ', ')}: forty channels]({PICTURES}/grids/{source.stem}.webp)\n")
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="folder with training.json, measures.json and grids/")
    parser.add_argument("--card", type=Path, required=True)
    arguments = parser.parse_args()
    pictures = Path(__file__).parent / PICTURES
    training = json.loads((arguments.build / "training.json").read_text())
    measures = json.loads((arguments.build / "measures.json").read_text())
    for folder in ("families", "grids"):
        (pictures / folder).mkdir(parents=True, exist_ok=True)
    for number, family in enumerate(FAMILIES):
        class_picture(number).save(pictures / "families" / f"{family.name}.webp", quality=QUALITY)
    text = Template((Path(__file__).parent / "model_card.template.md").read_text()).substitute(
        accuracy=f"{100 * training['accuracy']:.1f}",
        images=training["held_out_images"],
        families=len(FAMILIES),
        last=LAST,
        fold_error=f"{training['fold_error']:.0e}",
        heads=heads_table(training),
        layers=layers_table(training, measures),
        grids=grids(arguments.build, pictures),
        classes=families_table(training["families"]),
    )
    arguments.card.write_text(text)


if __name__ == "__main__":
    main()
