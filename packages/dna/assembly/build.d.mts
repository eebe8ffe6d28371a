/** The text of src/generated/osa-kernel.ts, compiled afresh. */
export declare function compile(): Promise<string>;
