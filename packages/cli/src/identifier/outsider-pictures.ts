import type { Picture, Rng } from '@bioscan/core';

/** Pictures of one kind that no identifier of specimens should name. */
export interface Outsiders {
  readonly name: string;
  readonly pictures: readonly Picture[];
}

const each = 20;

/** What is no specimen: made up, and made of held-out photos where there are some. */
export function outsiderPictures(photos: readonly Picture[], rng: Rng): Outsiders[] {
  const { width, height } = photos[0] ?? { width: 256, height: 192 };
  const made = (name: string, draw: (random: Rng) => Picture): Outsiders => ({
    name,
    pictures: Array.from({ length: each }, (_, i) => draw(rng.split(name).split(i))),
  });
  const taken = (name: string, change: (photo: Picture) => Picture): Outsiders[] =>
    photos.length === 0 ? [] : [{ name, pictures: photos.slice(0, each).map(change) }];
  return [
    made('blank dishes', (random) => dish(width, height, random)),
    made('noise', (random) => painted(width, height, () => random.integer(256))),
    made('coins, rulers and labels', (random) => objects(width, height, random)),
    ...taken('negatives of held-out photos', negative),
    ...taken('corners of held-out photos', corner),
  ];
}

function painted(width: number, height: number, level: (x: number, y: number, channel: number) => number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++) data[at++] = Math.max(0, Math.min(255, level(x, y, channel)));
  return { width, height, data };
}

/** Nothing but a light ground that falls off to one side. */
function dish(width: number, height: number, random: Rng): Picture {
  const [base, slope, grain] = [150 + 100 * random.uniform(), 30 * random.normal(), 1 + 4 * random.uniform()];
  return painted(width, height, (x) => base + slope * (x / width - 0.5) + grain * random.normal());
}

/** Discs and bars of saturated colours with hard edges over the whole picture. */
function objects(width: number, height: number, random: Rng): Picture {
  const shapes = Array.from({ length: 6 }, () => ({
    x: width * random.uniform(),
    y: height * random.uniform(),
    half: (0.1 + 0.2 * random.uniform()) * Math.min(width, height),
    round: random.uniform() < 0.5,
    colour: [0, 1, 2].map(() => 255 * random.integer(2)),
  }));
  return painted(width, height, (x, y, channel) => {
    const top = shapes.findLast(({ x: cx, y: cy, half, round }) => {
      const [dx, dy] = [Math.abs(x - cx), Math.abs(y - cy)];
      return round ? dx * dx + dy * dy < half * half : dx < 2 * half && dy < half / 2;
    });
    return top?.colour[channel] ?? 220;
  });
}

function negative({ width, height, data }: Picture): Picture {
  return { width, height, data: data.map((level) => 255 - level) };
}

/** The upper left quarter of both sides: mostly ground. */
function corner(photo: Picture): Picture {
  const [width, height] = [photo.width, photo.height].map((side) => Math.max(1, Math.floor(side / 4))) as [
    number,
    number,
  ];
  return painted(width, height, (x, y, channel) => photo.data[(y * photo.width + x) * 3 + channel] as number);
}
