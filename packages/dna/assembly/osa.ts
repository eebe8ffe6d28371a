// AssemblyScript: restricted Damerau (optimal string alignment) distance, bit-parallel after Hyyro (2003), two texts at once.
// One 64-bit word of the pattern is carried over all columns before the next word starts, so its state stays in registers;
// what passes from word to word is one record a column: horizontal +1, horizontal -1 and transposition bits, two lanes each.

/** Bytes of a column's record. */
const RECORD: usize = 48;

/**
 * One word of the pattern against two texts.
 * masks: u64 a letter code, bit i = the pattern's letter i of this word is that letter. first, second: one byte a column.
 * top: the bit whose horizontal differences leave this word (63, or the pattern's last).
 */
export function advanceWord(masks: usize, first: usize, second: usize, columns: i32, records: usize, top: i32): void {
  const one = i64x2.splat(1);
  const zero = i64x2.splat(0);
  let plus = v128.not(zero); // vertical +1
  let minus = zero; // vertical -1
  let diagonal = zero; // D0 of the column before
  let before = zero; // match mask of the column before
  for (let j = 0; j < columns; j++) {
    const record = records + <usize>j * RECORD;
    const lane = v128.load64_zero(masks + ((<usize>load<u8>(first + j)) << 3));
    const match = v128.load_lane<u64>(masks + ((<usize>load<u8>(second + j)) << 3), lane, 1);
    const plusIn = v128.load(record);
    const minusIn = v128.load(record, 16);
    const swapIn = v128.load(record, 32);
    const open = v128.andnot(match, diagonal);
    const swap = v128.and(v128.or(i64x2.shl(open, 1), swapIn), before);
    const x = v128.or(match, minusIn);
    const sum = v128.xor(i64x2.add(v128.and(x, plus), plus), plus);
    const level = v128.or(v128.or(sum, x), v128.or(minus, swap));
    let up = v128.or(minus, v128.not(v128.or(level, plus)));
    let down = v128.and(level, plus);
    v128.store(record, v128.and(i64x2.shr_u(up, top), one));
    v128.store(record, v128.and(i64x2.shr_u(down, top), one), 16);
    v128.store(record, i64x2.shr_u(open, 63), 32);
    up = v128.or(i64x2.shl(up, 1), plusIn);
    down = v128.or(i64x2.shl(down, 1), minusIn);
    plus = v128.or(down, v128.not(v128.or(level, up)));
    minus = v128.and(up, level);
    diagonal = level;
    before = match;
  }
}

/** The records before the first word: the top row of the table rises by one a column. */
export function startRecords(records: usize, columns: i32): void {
  const one = i64x2.splat(1);
  const zero = i64x2.splat(0);
  for (let record = records, end = records + <usize>columns * RECORD; record < end; record += RECORD) {
    v128.store(record, one);
    v128.store(record, zero, 16);
    v128.store(record, zero, 32);
  }
}

/** Sum of the last row's differences over the first `columns` columns of lane 0 or 1. */
export function sumRecords(records: usize, columns: i32, lane: i32): i32 {
  let sum: i32 = 0;
  const start = records + ((<usize>lane) << 3);
  for (let record = start, end = start + <usize>columns * RECORD; record < end; record += RECORD) {
    sum += load<i32>(record) - load<i32>(record, 16);
  }
  return sum;
}
