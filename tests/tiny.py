"""Tiny encoders with random weights and small vocabularies: one of each kind that rasad must get along with.

Rows hold at most 64 positions, so that a text of a few sentences already takes several. The trainers of WordPiece and
Unigram give other pieces at every run; here every other word of a few sentences stays whole and the rest falls apart.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertModel,
    ElectraConfig,
    ElectraModel,
    ModernBertConfig,
    ModernBertModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from rasad.annotations.markdown import parse_markdown
from rasad.models.network import RasadModel

HOME = tempfile.TemporaryDirectory(prefix="rasad-tiny-")  # its folder goes when the process ends
ENCODERS = ("bert", "xlm-roberta", "modernbert", "electra")
SENTENCES = (
    "أطلق مسلحون النار على حاجز للجيش قرب قرية زرنوق مساء الأحد، فقُتل جندي وجُرح ثلاثة.",
    "وقال متحدث باسم الجيش إن القوات صدّت الهجوم، ونفت الجماعة مسؤوليتها عنه.",
    "وشنّت طائرات حربية غارة على مستودع للذخيرة في المدينة ردًّا على الهجوم.",
    "Gunmen opened fire on an army checkpoint near the village of Zarnuq late on Sunday, killing a soldier.",
    "An army spokesman said the troops had repelled the attack; the group denied that it was responsible.",
    "Warplanes then hit an ammunition depot in the city, 2,500 metres from the river, in answer to the attack.",
)
SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 64,
}
BERT_NAMES = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}
ROBERTA_NAMES = {
    "bos_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}
DOCUMENTS = (
    """\
---
id: en-1
lang: en
---
On [Sunday](TIME:t1) [gunmen](PERSON:p1) [attacked](ATTACK:e1) an [army](FORCE:a1) [checkpoint](FACILITY:f1).
It lies in [Zarnuq](GPE:g1).
[Zarnuq](GPE:g2) is quiet; the [army](FORCE:a2) [denied](DENIAL:e2) the [raid](ATTACK:e3).

```relations
e1 AGENT p1
e1 TARGET f1
e1 WHEN t1
f1 OPERATED_BY a1
e2 AGENT a2
e2 ABOUT e3
e3 SAME_AS e1
e3 modality=uncertain
```
""",
    """\
---
id: ar-1
lang: ar
---
[قصفت](ATTACK:e1) [طائرات](VEHICLE:v1) [مستودعا](FACILITY:f1) في [زرنوق](GPE:g1) [مساء الأحد](TIME:t1).
ولم [يُقتل](CASUALTIES:e2) أحد.

```relations
e1 INSTRUMENT v1
e1 TARGET f1
f1 LOCATED_IN g1
e1 WHEN t1
e1 CAUSES e2
e2 polarity=negative
```
""",
    """\
---
id: en-2
lang: en
---
Nothing of note was told of the valley that week, and the roads stayed open.
""",
)


@functools.cache
def encoder(kind: str) -> Path:
    """Return the folder of a tiny encoder and its tokenizer, as a hub would give them."""
    folder = Path(HOME.name) / kind
    tokenizer = _TOKENIZERS[kind]()
    torch.manual_seed(0)
    _MODELS[kind](len(tokenizer), tokenizer.pad_token_id).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@functools.cache
def tokenizer(kind: str) -> PreTrainedTokenizerFast:
    """Return a tiny encoder's tokenizer as it comes from disk."""
    return AutoTokenizer.from_pretrained(encoder(kind))


def model(kind: str = "bert", seed: int = 0, **options: Any) -> RasadModel:
    """Return untrained heads on a tiny encoder; their predictions are many, and mean nothing."""
    torch.manual_seed(seed)
    return RasadModel.from_encoder(encoder(kind), **({"overlap": 16, "span_size": 32, "feature_size": 8} | options))


@functools.cache
def checkpoint(kind: str = "bert") -> Path:
    """Return the folder of an untrained rasad checkpoint."""
    folder = Path(HOME.name) / f"rasad-{kind}"
    model(kind).save_pretrained(folder)
    tokenizer(kind).save_pretrained(folder)
    return folder


@functools.cache
def corpus() -> Path:
    """Return a folder with the three documents; the last has no spans."""
    folder = Path(HOME.name) / "corpus"
    folder.mkdir()
    for text in DOCUMENTS:
        document = parse_markdown(text, "tiny.md")
        (folder / f"{document.id}.md").write_text(text, "utf-8")
    return folder


def _words(tokenizer: Tokenizer) -> tuple[list[str], list[str]]:
    """Return the words and letters of the sentences as a tokenizer's first steps leave them."""
    plain = [tokenizer.normalizer.normalize_str(sentence) for sentence in SENTENCES]
    words = {word for text in plain for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text)}
    return sorted({word.rstrip(".,;،") for word in words} - {""}), sorted({letter for word in words for letter in word})


def _word_piece(**options: Any) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    # Some tokenizers for Arabic drop the tatweel, so that a word of nothing else leaves no piece.
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.BertNormalizer(**options), normalizers.Replace("\u0640", "")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    words, letters = _words(tokenizer)
    pieces = dict.fromkeys([*BERT_NAMES.values(), *letters, *(f"##{letter}" for letter in letters), *words[::2]])
    tokenizer.model = models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]")
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **BERT_NAMES)


def _unigram() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("\u0640", "")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    words, letters = _words(tokenizer)
    scores = dict.fromkeys(letters, -4.0) | {word[:3]: -5.0 for word in words} | dict.fromkeys(words[::2], -6.0)
    special = list(ROBERTA_NAMES.values())
    vocabulary = [*((name, 0.0) for name in special), *scores.items()]
    tokenizer.model = models.Unigram(vocabulary, unk_id=special.index("<unk>"))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **ROBERTA_NAMES)


def _bytes() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=list(BERT_NAMES.values()),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **BERT_NAMES)


_ENDS = {"cls_token_id": 2, "bos_token_id": 2, "sep_token_id": 3, "eos_token_id": 3}
_TOKENIZERS: dict[str, Callable[[], PreTrainedTokenizerFast]] = {
    "bert": lambda: _word_piece(lowercase=True),
    "xlm-roberta": _unigram,
    "modernbert": _bytes,
    "electra": lambda: _word_piece(lowercase=False, strip_accents=False),
}
_MODELS: dict[str, Callable[[int, int], PreTrainedModel]] = {
    "bert": lambda size, pad: BertModel(BertConfig(vocab_size=size, pad_token_id=pad, **SIZES)),
    "xlm-roberta": lambda size, pad: XLMRobertaModel(XLMRobertaConfig(vocab_size=size, pad_token_id=pad, **SIZES)),
    "modernbert": lambda size, pad: ModernBertModel(
        ModernBertConfig(
            vocab_size=size, pad_token_id=pad, global_attn_every_n_layers=2, local_attention=16, **_ENDS, **SIZES
        )
    ),
    "electra": lambda size, pad: ElectraModel(
        ElectraConfig(vocab_size=size, pad_token_id=pad, embedding_size=16, **SIZES)
    ),
}
