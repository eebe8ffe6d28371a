/** The text of src/generated/clustering-kernel.ts, compiled afresh. */
export declare function compile(): Promise<string>;
