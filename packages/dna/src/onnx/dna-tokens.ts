/** A barcode as token ids: what the tokenizer puts in front, the barcode's own tokens, what it puts behind. Cutting cuts the middle part. */
export interface TokenizedBarcode {
  readonly before: readonly number[];
  readonly content: readonly number[];
  readonly after: readonly number[];
}

/** Turns a cleaned barcode into the ids that a model of others was trained on. */
export interface DnaTokens {
  /** For provenance and messages, such as `tokenizer.json`. */
  readonly name: string;
  /** What fixes it, beside its vocabulary. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** Id of padding, never attended. */
  readonly padId: number;
  tokenize(barcode: string): TokenizedBarcode;
}
