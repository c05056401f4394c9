"""How the embedded language model is made: corpus, tokenizer, training, evaluation."""
