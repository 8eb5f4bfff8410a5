"""Intent from text: n-grams, a linear SVM, margins made into probabilities.

The component is named `jingyin.NgramClassifier` in config.yml. Margins become probabilities by a softmax whose temperature
has the best likelihood on margins of texts left out of training (temperature scaling, Guo et al. 2017); a text far from all
examples gets no large margin and so no high confidence. scikit-learn trains; classifying needs numpy only. The artefact
holds arrays and JSON, no pickles.
"""

import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.nlu.ngrams import Floats, Weighing, normal
from kernel.errors import JingyinError

FORMAT: Final = 3
_FOLDS: Final = 4
_SEED: Final = 7
_TEMPERATURES: Final = (0.06, 0.08, 0.1, 0.12, 0.15, 0.18, 0.22, 0.27, 0.33, 0.4, 0.5)
_FEW: Final = 0.3  # the temperature with too few examples to measure one


class ArtefactUnreadable(JingyinError):
    """A trained model is damaged or of another version."""

    code = "bot.artefact_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """An intent and its probability 0..1."""

    intent: str
    confidence: float


class NgramClassifier:
    """A trained classifier; `classify` takes a fraction of a millisecond. `train` and `load` make one."""

    def __init__(
        self, *, intents: Sequence[str], weighing: Weighing, weights: Floats, bias: Floats, temperature: float
    ) -> None:
        self.intents = tuple(intents)
        self.temperature = temperature
        self._weighing = weighing
        self._weights = weights  # grams x intents
        self._bias = bias

    @classmethod
    def train(cls, examples: Mapping[str, Sequence[str]], *, strength: float = 0.7) -> "NgramClassifier":
        """From intent -> texts. `strength` is the SVM's C."""
        texts = [normal(text) for intent in examples for text in examples[intent]]
        labels = [intent for intent in examples for _ in examples[intent]]
        if len(set(labels)) < 2:
            return cls(
                intents=labels[:1] or [""],
                weighing=Weighing.of(texts),
                weights=np.zeros((len(Weighing.of(texts).columns), 1)),
                bias=np.zeros(1),
                temperature=_FEW,
            )
        weighing = Weighing.of(texts)
        matrix = _matrix(weighing, texts)
        intents, weights, bias = _fit(matrix, labels, strength)
        temperature = _temperature(matrix, labels, intents, strength)
        return cls(intents=intents, weighing=weighing, weights=weights, bias=bias, temperature=temperature)

    def classify(self, text: str) -> list[Ranked]:
        """All intents, the likeliest first."""
        columns, values = self._weighing.row(normal(text))
        margins = values @ self._weights[columns] + self._bias if len(columns) else self._bias
        shares = _softmax(margins / self.temperature)
        return [Ranked(intent=self.intents[at], confidence=float(shares[at])) for at in np.argsort(-shares)]

    def save(self, path: Path) -> None:
        """Write the artefact, whole or not at all."""
        arrays = io.BytesIO()
        np.savez_compressed(
            arrays, weights=self._weights.astype(np.float32), bias=self._bias, idf=self._weighing.idf.astype(np.float32)
        )
        facts = {
            "format": FORMAT,
            "intents": self.intents,
            "temperature": self.temperature,
            "columns": list(self._weighing.columns),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        with tarfile.open(part, "w:gz") as archive:
            for name, data in (("nlu.json", json.dumps(facts).encode()), ("nlu.npz", arrays.getvalue())):
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> "NgramClassifier":
        """Read an artefact.

        Raises:
            ArtefactUnreadable: it is missing, damaged, or of another format.
        """
        try:
            with tarfile.open(path) as archive:
                facts = json.loads(_member(archive, "nlu.json"))
                if facts["format"] != FORMAT:
                    raise ValueError(f"format {facts['format']}, wanted {FORMAT}")
                arrays = np.load(io.BytesIO(_member(archive, "nlu.npz")), allow_pickle=False)
                columns = {name: at for at, name in enumerate(facts["columns"])}
                weights, idf = arrays["weights"].astype(np.float64), arrays["idf"].astype(np.float64)
                if weights.shape != (len(columns), len(facts["intents"])) or idf.shape != (len(columns),):
                    raise ValueError("the arrays do not fit the vocabulary")
                return cls(
                    intents=facts["intents"],
                    weighing=Weighing(columns, idf),
                    weights=weights,
                    bias=arrays["bias"],
                    temperature=float(facts["temperature"]),
                )
        except (OSError, EOFError, KeyError, TypeError, ValueError, tarfile.TarError) as exc:
            raise ArtefactUnreadable(f"not readable: {exc}", where=str(path), remedy="Train it again.") from exc


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise ValueError(f"{name} is no file")
    return member.read()


def _matrix(weighing: Weighing, texts: Sequence[str]) -> Any:  # Any: scipy has no types
    from scipy.sparse import csr_matrix  # training only: a robot that finds its artefact starts without scipy

    rows = [weighing.row(text) for text in texts]
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([columns for columns, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return csr_matrix((values, columns, starts), shape=(len(texts), len(weighing.columns)))


def _svm(strength: float) -> Any:  # Any: scikit-learn has no types
    from sklearn.svm import LinearSVC

    return LinearSVC(C=strength, class_weight="balanced", random_state=_SEED, dual=True, max_iter=4000)


def _fit(matrix: Any, labels: Sequence[str], strength: float) -> tuple[list[str], Floats, Floats]:
    svm = _svm(strength)
    svm.fit(matrix, labels)
    weights, bias = np.atleast_2d(svm.coef_).T, np.atleast_1d(svm.intercept_)
    if weights.shape[1] == 1:  # two intents: scikit-learn keeps one margin
        weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
    return [str(intent) for intent in svm.classes_], np.ascontiguousarray(weights), bias


def _temperature(matrix: Any, labels: Sequence[str], intents: Sequence[str], strength: float) -> float:
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    if len(intents) < 3 or min(labels.count(intent) for intent in intents) < _FOLDS:
        return _FEW
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    margins = cross_val_predict(_svm(strength), matrix, labels, cv=folds, method="decision_function")
    truth = [intents.index(label) for label in labels]

    def loss(temperature: float) -> float:
        shares = np.array([_softmax(row / temperature) for row in margins])
        return float(-np.log(shares[np.arange(len(truth)), truth] + 1e-9).mean())

    return min(_TEMPERATURES, key=loss)


def _softmax(values: Floats) -> Floats:
    raised = np.exp(values - values.max())
    shares: Floats = raised / raised.sum()
    return shares
