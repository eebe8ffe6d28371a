/** The text of src/generated/kernel.ts. */
export function compile(): Promise<string>;
