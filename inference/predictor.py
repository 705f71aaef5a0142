"""The predictor: documents in, documents with spans, relations and attributes out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any, overload

import torch

from rasad.annotations.clusters import clusters, nearest_links
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import SAME_AS, Scheme, default_scheme
from rasad.inference.articles import language
from rasad.inference.contradictions import without_contradictions
from rasad.inference.events import Account
from rasad.inference.incidents import incidents_of
from rasad.inference.values import Values
from rasad.models.configuration import RasadConfig
from rasad.models.decoding import DIGITS, decode_antecedents, decode_relations, decode_tags
from rasad.models.encoding import Encoded, Encoder
from rasad.models.network import RasadModel
from rasad.models.spans import Words, WordSpan, span_set, word_spans

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

DEFAULT = "default"
PRECISIONS = ("float32", "bf16")
_SURROGATE = re.compile("[\ud800-\udfff]")
Link = tuple[int, str, int, float]  # head, relation, tail, score


@dataclass(frozen=True)
class Found:
    """What the decoder found in a batch, in word and span indices of the batch."""

    spans: list[WordSpan]
    relations: list[Link]
    attributes: list[dict[str, str]]


class Predictor:
    """Reads whole articles with one checkpoint.

    Args:
        model: a trained network; put in evaluation mode here.
        tokenizer: the one it was trained with.
        model_id: name and hash of the checkpoint, written into every prediction.
        batch_words: words that are read in one pass on an accelerator, about; a longer article still goes in one piece.
        min_score: spans and relations of a lower score (0 to 1) are left out: the higher, the fewer and the surer.
        precision: in which numbers the encoder reckons, `float32` or `bf16`: the second is much faster where the
            processor has it (`lscpu` names avx512_bf16 or amx_bf16), slower where not, and reads a few spans otherwise.

    Raises:
        RasadError: where `min_score` is not from 0 to 1, or there is no such precision.
    """

    def __init__(
        self,
        model: RasadModel,
        tokenizer: PreTrainedTokenizerBase,
        model_id: str = "unsaved",
        batch_words: int = 2000,
        min_score: float = 0.0,
        precision: str = "float32",
    ) -> None:
        if not 0 <= min_score <= 1:
            raise RasadError(f"min_score: {min_score} is not from 0 to 1")
        if precision not in PRECISIONS:
            raise RasadError(f"precision: {precision!r} is none of {', '.join(PRECISIONS)}")
        self.model = model
        self.model.train(False)
        self.encoder = Encoder(tokenizer, model.config.row_size, model.config.overlap)
        self.model_id = model_id
        self.batch_words = batch_words
        self.min_score = min_score
        self.precision = precision
        self.scheme: Scheme = model.scheme

    @property
    def settings(self) -> dict[str, str | float]:
        """What decides beside the text what is predicted: runs that differ in it do not belong in one file."""
        return {"model": self.model_id, "min_score": self.min_score, "precision": self.precision}

    @property
    def device(self) -> str:
        """The device that it runs on, as `cpu` or `cuda`."""
        return self.model.device.type

    @classmethod
    def from_pretrained(
        cls,
        path: str | Path = DEFAULT,
        *,
        device: str | None = None,
        batch_words: int = 2000,
        min_score: float = 0.0,
        precision: str = "float32",
    ) -> Predictor:
        """Load a checkpoint from a folder; `default` is the one that ships with rasad.

        Without `device` it runs on a graphics card where torch sees one, else on the CPU.

        Raises:
            RasadError: where there is no whole checkpoint, or it was made under another scheme; no such device or
                precision; or `min_score` is not from 0 to 1.
        """
        folder = default_checkpoint() if str(path) == DEFAULT else Path(path)
        if not (folder / "config.json").is_file():
            raise RasadError(
                f"{folder}: no checkpoint here (config.json is missing); give a folder that rasad train wrote"
            )
        try:
            model, tokenizer = _load(folder)
        except RasadError:
            raise
        except Exception as error:  # each library has errors of its own for a broken file
            reason = shorten(f"{type(error).__name__}: {error}", 200)
            raise RasadError(f"{folder}: the checkpoint cannot be read ({reason}); write it anew") from error
        _move(model, device or ("cuda" if torch.cuda.is_available() else "cpu"))
        name = f"{folder.resolve().name}@{checkpoint_hash(folder)}"
        return cls(model, tokenizer, name, batch_words, min_score, precision)

    @overload
    def predict(  # type: ignore[overload-overlap]  # a str is an Iterable too
        self, inputs: str | Document, *, given_spans: bool = False
    ) -> Document: ...
    @overload
    def predict(self, inputs: Iterable[str | Document], *, given_spans: bool = False) -> list[Document]: ...
    def predict(
        self, inputs: str | Document | Iterable[str | Document], *, given_spans: bool = False
    ) -> Document | list[Document]:
        """Predict one text or document, or many (in the order they came).

        The language of a text is found by its letters; a document has its own.
        Annotation that the documents bring is dropped; with `given_spans` their spans (not their ids,
        relations and attributes) are kept and linked, which shows what the relations cost apart from the spans.
        """
        if isinstance(inputs, str | Document):
            return self.predict([inputs], given_spans=given_spans)[0]
        documents = [_document(item, i) for i, item in enumerate(inputs)]
        encoded = [self.encoder.encode(d.text) for d in documents]
        done: dict[int, Document] = {}
        for group in self._groups(encoded):
            done.update(
                zip(
                    group,
                    self._read([documents[i] for i in group], [encoded[i] for i in group], given_spans),
                    strict=True,
                )
            )
        return [done[i] for i in range(len(documents))]

    def _groups(self, encoded: Sequence[Encoded]) -> Iterator[list[int]]:
        """Sort by length, so that little is padding, and fill each batch up to `batch_words`.

        On a CPU each text goes alone: that is no slower there, and its scores are the same to the last digit whatever
        other texts it came with.
        """
        if self.model.device.type == "cpu":
            yield from ([i] for i in range(len(encoded)))
            return
        group: list[int] = []
        size = 0
        for i in sorted(range(len(encoded)), key=lambda i: len(encoded[i].words)):
            if group and size + len(encoded[i].words) > self.batch_words:
                yield group
                group, size = [], 0
            group.append(i)
            size += len(encoded[i].words)
        if group:
            yield group

    @torch.inference_mode()
    def _read(self, documents: Sequence[Document], encoded: Sequence[Encoded], given_spans: bool) -> list[Document]:
        batch = {k: v.to(self.model.device) for k, v in self.encoder.batch(encoded).items()}
        with torch.autocast(self.device, torch.bfloat16, enabled=self.precision == "bf16"):
            states = self.model.word_states(batch).float()
        offset, results = 0, []
        for document, one in zip(documents, encoded, strict=True):
            own = states[offset : offset + len(one.words)]
            offset += len(one.words)
            given = word_spans(document, one, self.scheme) if given_spans else None
            results.append(self._document(document, one, self._find(own, one, given)))
        return results

    def _find(self, states: torch.Tensor, encoded: Encoded, given: list[WordSpan] | None) -> Found:
        model, config = self.model, self.model.config
        paragraph = torch.tensor(encoded.paragraph)
        words = Words(paragraph, torch.tensor(encoded.sentence), torch.zeros_like(paragraph), encoded.forms)
        spans = given
        if spans is None:
            found = decode_tags(model.tag_logits(states).cpu(), words.breaks, model.rules.one_word, config.split_bias)
            spans = [s for s in found if s.score >= config.span_threshold]
        if not spans:
            return Found([], [], [])
        group = span_set(spans)
        reps = model.span_states(states, group)
        scored = model.relation_scores(states, reps, group, words)
        names = model.rules.relations
        links = [
            (int(scored.heads[p]), names[r], int(scored.tails[p]), score)
            for p, r, score in decode_relations(scored.scores.cpu(), config.none_bias)
        ]
        relations = [r for r in _with_ends(links, spans) if r[3] >= config.relation_threshold]
        linked = model.antecedent_logits(states, reps, group, words)
        chosen = decode_antecedents(linked.scores, linked.heads.tolist(), linked.tails.tolist(), config.new_bias)
        relations += _with_ends([(m, SAME_AS, a, score) for m, (a, score) in chosen.items()], spans)
        logits = model.attribute_logits(states, reps, group, words)
        values = {name: row.argmax(1).tolist() for name, row in logits.items()}
        attributes = [
            {name: self.scheme.attributes[name][values[name][i]] for name in values} for i in range(len(spans))
        ]
        return Found(spans, relations, attributes)

    def _document(self, document: Document, encoded: Encoded, found: Found) -> Document:
        spans = []
        counts = {"e": 0, "m": 0}
        for s, attributes in zip(found.spans, found.attributes, strict=True):
            kind = self.scheme.types[s.type]
            event = self.scheme.is_event(kind)
            prefix = "e" if event else "m"
            counts[prefix] += 1
            start, end = encoded.words[s.first][0], encoded.words[s.last][1]
            extra = attributes if event else {}
            spans.append(
                Span(f"{prefix}{counts[prefix]}", start, end, kind, document.text[start:end], score=s.score, **extra)
            )
        relations = tuple(Relation(spans[h].id, name, spans[t].id, score) for h, name, t, score in found.relations)
        whole = replace(document, spans=tuple(spans), relations=relations, model=self.model_id, derived={})
        sure = above(whole, self.min_score)
        bare = replace(sure, relations=without_contradictions(sure, self.scheme))
        linked = replace(bare, relations=_canonical(bare, self.scheme))
        account, values = Account.of(linked, self.scheme), Values.of(linked, self.scheme)
        derived = values.to_json() | {
            "events": [record.to_json() for record in account.records.values()],
            "incidents": [i.to_json() for i in incidents_of(linked, account, values, self.scheme)],
            "coverage": self._coverage(encoded),
        }
        return replace(linked, derived=derived)

    def _coverage(self, encoded: Encoded) -> dict[str, str | float]:
        """Say what was read, and how: all words, in so many rows, pairs of spans up to a distance, above a score."""
        config = self.model.config
        return {
            "words": len(encoded.words),
            "rows": len(self.encoder.rows(len(encoded.pieces))),
            "relation_words": config.pair_distance,
            "antecedents": config.antecedents,
            "min_score": self.min_score,
            "precision": self.precision,
        }


def _with_ends(links: Iterable[Link], spans: Sequence[WordSpan]) -> list[Link]:
    """Let the score of a link be that of all that must be right for it: the link and the spans at its ends."""
    return [(h, name, t, round(score * spans[h].score * spans[t].score, DIGITS)) for h, name, t, score in links]


def above(document: Document, least: float) -> Document:
    """Leave out spans and relations of a lower score, and relations whose spans are; what has no score stays."""
    spans = tuple(s for s in document.spans if s.score is None or s.score >= least)
    kept = {s.id for s in spans}
    relations = tuple(
        r for r in document.relations if {r.head, r.tail} <= kept and (r.score is None or r.score >= least)
    )
    return replace(document, spans=spans, relations=relations)


def _document(item: str | Document, index: int) -> Document:
    if not isinstance(item, str | Document):
        raise RasadError(f"input {index + 1}: a {type(item).__name__} is neither a text nor a Document")
    document = item if isinstance(item, Document) else Document(f"text-{index + 1}", item, language(item))
    if half := _SURROGATE.search(document.text):
        raise RasadError(
            f"{document.id}: character {half.start()} is half of a surrogate pair (U+{ord(half.group()):X}); "
            "give Unicode text"
        )
    return document


def _load(folder: Path) -> tuple[RasadModel, PreTrainedTokenizerBase]:
    from transformers import AutoTokenizer

    kind = RasadConfig.get_config_dict(folder)[0].get("model_type")
    if kind != RasadConfig.model_type:
        raise RasadError(f"{folder}: holds a {kind} model, no rasad checkpoint; train one from it with rasad train")
    config = RasadConfig.from_pretrained(folder)
    default_scheme().require_same(config.label_scheme(), str(folder))
    loaded: Any = RasadModel.from_pretrained(
        folder,
        config=config,
        dtype=torch.float32,
        use_safetensors=True,
        ignore_mismatched_sizes=True,
        output_loading_info=True,
    )
    model, info = loaded
    other = [key for key, *_ in info["mismatched_keys"]]
    wrong = sorted([*info["missing_keys"], *info["unexpected_keys"], *other])
    if wrong:
        raise RasadError(f"{folder}: the weights do not fit config.json: {len(wrong)} differ, first {wrong[0]}")
    return model, AutoTokenizer.from_pretrained(folder, trust_remote_code=False)


def _move(model: RasadModel, device: str) -> None:
    try:
        model.to(torch.device(device))  # type: ignore[arg-type]
    except (RuntimeError, AssertionError) as error:
        raise RasadError(f"device {device}: {shorten(str(error), 200)}") from error


def _canonical(document: Document, scheme: Scheme) -> tuple[Relation, ...]:
    """Write SAME_AS as annotators do: each mention to the nearest earlier one of its cluster."""
    scores, spans = {r.head: r.score for r in document.relations if r.type == SAME_AS}, document.by_id
    links = tuple(
        Relation(head, SAME_AS, tail, _no_surer(scores.get(head), spans[head], spans[tail]))
        for head, tail in nearest_links(document, clusters(document, scheme), scheme)
    )
    others = [r for r in document.relations if r.type != SAME_AS]
    position = {s.id: i for i, s in enumerate(document.spans)}
    return tuple(sorted([*others, *links], key=lambda r: (position[r.head], r.type, position[r.tail])))


def _no_surer(score: float | None, head: Span, tail: Span) -> float | None:
    """Keep the score of a mention that now hangs on another of its cluster at most at that of both spans."""
    if score is None or head.score is None or tail.score is None:
        return score
    return min(score, round(head.score * tail.score, DIGITS))


def default_checkpoint() -> Path:
    """Return the folder of the checkpoint that ships with rasad."""
    import rasad.models

    return Path(str(rasad.models.__file__)).parent / DEFAULT


def checkpoint_hash(folder: Path) -> str:
    """Hash a checkpoint's configuration and weights (12 hexadecimal digits)."""
    digest = hashlib.sha256()
    for path in sorted([folder / "config.json", *folder.glob("*.safetensors")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
