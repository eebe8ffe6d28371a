/** The text of src/generated/distance-kernel.ts, compiled afresh. */
export declare function compile(): Promise<string>;
