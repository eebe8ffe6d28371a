/** The inputs of one modality, by row. */
export interface ModalityRows<Input = unknown> {
    /** Whether the row has this modality. */
    has(row: number): boolean;
    /** Inputs of rows that have it, in order. May read files; the trainer asks for the next batch while the engine works. */
    read(rows: readonly number[]): Promise<readonly Input[]>;
}
/** Specimens to align, as rows. Labels are for label targets, samplers and classifiers; no tower sees them. */
export interface AlignmentData {
    /** Process ids. */
    readonly ids: readonly string[];
    readonly modalities: Readonly<Record<string, ModalityRows>>;
    /** Labels by name (`bin`, `species`, …) and row; undefined: none. */
    readonly labels: Readonly<Record<string, readonly (string | undefined)[]>>;
    /** SHA-256 over everything above, so that a resume notices other data. */
    readonly hash: string;
}
/** Rows of a modality held in memory; undefined: missing. */
export declare function inMemory<Input>(inputs: readonly (Input | undefined)[]): ModalityRows<Input>;
