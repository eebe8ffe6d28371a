/** The text of src/generated/resample-kernel.ts, compiled afresh. */
export declare function compile(): Promise<string>;
