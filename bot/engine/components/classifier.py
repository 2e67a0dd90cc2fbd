"""The intent classifier: logistic regression over the sentence vector and length-normalised character n-grams.

Raw n-gram counts would drown the vector, so each part gets length 1 and a weight. Kept as plain arrays: nothing in a
model file of ours is code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, diags, hstack, vstack
from sklearn.linear_model import LogisticRegression


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntents(IntentClassifier, GraphComponent):
    """Multinomial logistic regression; its confidences are probabilities."""

    @classmethod
    def required_components(cls) -> List[Type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`ngram_weight` scales the n-grams beside a vector of length 1; `strength` is the inverse regularisation."""
        return {"ngram_weight": 0.6, "strength": 40.0, "iterations": 200, "ranking_length": 5}

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._intents: List[Text] = []
        self._weights = np.zeros((0, 0), dtype=np.float32)
        self._bias = np.zeros(0, dtype=np.float32)

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntents:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntents:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(Path(folder) / "linear.npz") as arrays:
            component._intents = [str(name) for name in arrays["intents"]]
            component._weights, component._bias = arrays["weights"], arrays["bias"]
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example that has features, every intent counting the same."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        model = LogisticRegression(
            C=self._config["strength"], max_iter=self._config["iterations"], class_weight="balanced", random_state=1
        )
        model.fit(self._matrix(examples), [example.get(INTENT) for example in examples])
        self._intents = list(model.classes_)
        self._weights, self._bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
        with self._model_storage.write_to(self._resource) as folder:
            intents = np.array(self._intents)
            np.savez(Path(folder) / "linear.npz", intents=intents, weights=self._weights, bias=self._bias)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set intent and ranking of incoming messages."""
        for message in messages:
            if message.get(TEXT) and message.get_dense_features(TEXT)[1] is not None:
                self._classify(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def _classify(self, message: Message) -> None:
        scores = np.asarray(self._matrix([message]) @ self._weights.T).ravel() + self._bias
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        best = np.argsort(-chances)[: self._config["ranking_length"]]
        ranking = [{"name": self._intents[at], "confidence": float(chances[at])} for at in best]
        message.set("intent", ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)

    def _matrix(self, messages: List[Message]) -> csr_matrix:
        dense = csr_matrix(np.vstack([message.get_dense_features(TEXT)[1].features for message in messages]))
        ngrams = vstack([message.get_sparse_features(TEXT)[1].features for message in messages]).tocsr()
        return hstack([dense, of_length_one(ngrams) * self._config["ngram_weight"]]).tocsr()

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        return None


def of_length_one(rows: csr_matrix) -> csr_matrix:
    """Damp repeated n-grams and scale every row to length 1; an empty row stays empty."""
    damped = csr_matrix(rows, dtype=np.float32)
    damped.data = np.log1p(damped.data)
    lengths = np.sqrt(np.asarray(damped.multiply(damped).sum(axis=1)).ravel())
    return diags(1.0 / np.maximum(lengths, 1e-9)) @ damped
