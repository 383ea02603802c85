"""A model of random weights, made here, whose every word is a whole answer."""

from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import Olmo2Config, Olmo2ForCausalLM, PreTrainedTokenizerFast

PAD, END = "<pad>", "<end>"


def write_model(folder: Path, answer: str) -> None:
    words = {word: number for number, word in enumerate([PAD, END, *(f"{answer}{number}\n" for number in range(14))])}
    tokens = Tokenizer(WordLevel(words, unk_token=PAD))
    tokens.pre_tokenizer = WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokens, pad_token=PAD, eos_token=END)
    tokenizer.chat_template = "{% for message in messages %}{{ message['content'] }} {% endfor %}"
    tokenizer.save_pretrained(folder)
    size = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    ids = {"pad_token_id": words[PAD], "eos_token_id": words[END], "bos_token_id": None}
    Olmo2ForCausalLM(Olmo2Config(vocab_size=len(words), **size, **ids)).save_pretrained(folder)
