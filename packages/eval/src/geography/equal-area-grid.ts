/** Sides of a cell in degrees. */
export interface CellBox {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
}

/** Cells of one area over the whole sphere. */
export interface EqualAreaGrid {
  readonly kilometres: number;
  /**
   * Name of the cell that holds a place (WGS84 degrees; longitudes wrap).
   * @throws RangeError for a latitude outside -90 to 90, a longitude that is not finite, and NaN
   */
  cellOf(latitude: number, longitude: number): string;
  boxOf(cell: string): CellBox;
}

/** Mean radius of the Earth in kilometres. */
export const earthRadius = 6371;

/**
 * Blocks of about `kilometres` by `kilometres`: bands of equal height along the parallels, each cut into as many cells as make their area right.
 * Areas agree to 1 % up to 70 degrees and to 3 % up to 80; the polar caps are one cell each at worst. O(1) a place.
 * @throws RangeError unless 1 to 2,000 kilometres; NaN are none
 */
export function equalAreaGrid(kilometres = 100): EqualAreaGrid {
  if (!(kilometres >= 1 && kilometres <= 2000)) {
    throw new RangeError(`eval: cells of ${kilometres} km, expected 1 to 2,000`);
  }
  const rows = Math.round((Math.PI * earthRadius) / kilometres);
  const height = 180 / rows;
  const columnsOf = (row: number): number => {
    const [south, north] = [radians(row * height - 90), radians((row + 1) * height - 90)];
    const band = 2 * Math.PI * earthRadius ** 2 * (Math.sin(north) - Math.sin(south));
    return Math.max(1, Math.round(band / kilometres ** 2));
  };
  return {
    kilometres,
    cellOf: (latitude, longitude) => {
      if (!(Math.abs(latitude) <= 90 && Number.isFinite(longitude))) {
        throw new RangeError(
          `eval: cell of ${latitude}, ${longitude}, expected a latitude of -90 to 90 and a longitude`,
        );
      }
      const row = Math.min(rows - 1, Math.floor((latitude + 90) / height));
      const columns = columnsOf(row);
      const turned = (((longitude + 180) % 360) + 360) % 360;
      return `${row}:${Math.min(columns - 1, Math.floor((turned / 360) * columns))}`;
    },
    boxOf: (cell) => {
      const [row = 0, column = 0] = cell.split(':').map(Number);
      const width = 360 / columnsOf(row);
      return {
        south: row * height - 90,
        north: (row + 1) * height - 90,
        west: column * width - 180,
        east: (column + 1) * width - 180,
      };
    },
  };
}

/** A place as a unit vector: great-circle distances are then dot products. */
export function unitVector(latitude: number, longitude: number): [number, number, number] {
  const [phi, lambda] = [radians(latitude), radians(longitude)];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

/** Great-circle kilometres between unit vectors; by the chord, which stays exact for near places. */
export function arcKilometres(a: readonly [number, number, number], b: readonly [number, number, number]): number {
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return 2 * earthRadius * Math.asin(Math.min(1, chord / 2));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
