/** Bytes of a chunked stream with look-ahead and push-back: what a container format's framing needs. */
export class ByteQueue {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #head: Uint8Array = new Uint8Array();
  /** Bytes taken so far. */
  position = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#iterator = chunks[Symbol.asyncIterator]();
  }

  /** The next `count` bytes without taking them; fewer at the end. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#head.length < count) {
      const next = await this.#iterator.next();
      if (next.done === true) break;
      this.#head = this.#head.length === 0 ? next.value : Buffer.concat([this.#head, next.value]);
    }
    return this.#head.subarray(0, count);
  }

  /** Takes exactly `count` bytes, or undefined (and takes nothing) when the stream ends before. */
  async take(count: number): Promise<Uint8Array | undefined> {
    const bytes = await this.peek(count);
    if (bytes.length < count) return undefined;
    this.#head = this.#head.subarray(count);
    this.position += count;
    return bytes;
  }

  /** Takes whatever chunk is at hand, or undefined at the end. */
  async takeChunk(): Promise<Uint8Array | undefined> {
    const ready = await this.peek(1);
    if (ready.length === 0) return undefined;
    const chunk = this.#head;
    this.#head = new Uint8Array();
    this.position += chunk.length;
    return chunk;
  }

  /** Gives back the last bytes taken. */
  putBack(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#head = this.#head.length === 0 ? bytes : Buffer.concat([bytes, this.#head]);
    this.position -= bytes.length;
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}
