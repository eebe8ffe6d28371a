export { shiftBenchmark } from './shift-benchmark.js';
export type {
  ShiftBasis,
  ShiftBenchmarkOptions,
  ShiftCurve,
  ShiftGrades,
  ShiftPoint,
  ShiftTask,
} from './shift-benchmark.js';
export { shiftReport, type ShiftReportOptions } from './shift-report.js';
