"""Trains both models in one process of the engine's environment; started by `bot/train.py`.

Prints lines that begin with `amparo:`; everything else on its outputs is Rasa's and dropped by the caller.
"""

import sys
from pathlib import Path
from typing import Callable, List, Optional

HERE = Path(__file__).parent
MODELS = (("config.yml", "amparo"), ("menus.yml", "menus"))


def say(text: str) -> None:
    """One line for the caller."""
    print(f"amparo:{text}", flush=True)


def main(out: Path) -> int:
    """Train the models into a folder."""
    say("loading")
    from rasa.model_training import train

    for config, name in MODELS:
        say(f"training {name}")
        if not _fit(train, config, name, out):
            say(f"failed {name}")
            return 1
    say("done")
    return 0


def _fit(train: Callable, config: str, name: str, out: Path) -> bool:
    result = train(
        domain=str(HERE / "domain"),
        config=str(HERE / config),
        training_files=_data(name),
        output=str(out),
        fixed_model_name=name,
        force_training=True,
    )
    model: Optional[str] = result.model
    return model is not None and Path(model).exists()


def _data(name: str) -> List[str]:
    """Both models know the same rules; only one sees what people say."""
    rules = [str(HERE / "data" / "rules"), str(HERE / "data" / "leave.yml")]
    return rules if name == "menus" else [*rules, str(HERE / "data" / "nlu.yml")]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
