/** x to the right or forward, y up or to the left, z towards the camera or the back. */
export type Vector = readonly [number, number, number];

/** Three orthogonal columns. */
export interface Frame {
  readonly x: Vector;
  readonly y: Vector;
  readonly z: Vector;
}

export function add(a: Vector, b: Vector, factor = 1): Vector {
  return [a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]];
}

export function scaled(a: Vector, factor: number): Vector {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

export function normalised(a: Vector): Vector {
  const length = Math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
  return length > 0 ? scaled(a, 1 / length) : [1, 0, 0];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** A vector of a frame, seen from outside. */
export function outOf(frame: Frame, [x, y, z]: Vector): Vector {
  return [
    frame.x[0] * x + frame.y[0] * y + frame.z[0] * z,
    frame.x[1] * x + frame.y[1] * y + frame.z[1] * z,
    frame.x[2] * x + frame.y[2] * y + frame.z[2] * z,
  ];
}

/** The frame of an animal that rolls about its length, tilts its head up and turns in the picture. */
export function posed(yaw: number, pitch: number, roll: number): Frame {
  const [cy, sy, cp, sp, cr, sr] = [
    Math.cos(yaw),
    Math.sin(yaw),
    Math.cos(pitch),
    Math.sin(pitch),
    Math.cos(roll),
    Math.sin(roll),
  ];
  const rolledY: Vector = [0, cr, sr];
  const rolledZ: Vector = [0, -sr, cr];
  const turn = ([x, y, z]: Vector): Vector => {
    const pitched = cp * x - sp * z;
    return [cy * pitched - sy * y, sy * pitched + cy * y, sp * x + cp * z];
  };
  return { x: turn([1, 0, 0]), y: turn(rolledY), z: turn(rolledZ) };
}

/** A frame whose x points along `direction` and whose z stays as near `up` as it can. */
export function along(direction: Vector, up: Vector): Frame {
  const x = normalised(direction);
  const y = normalised(cross(up, x));
  return { x, y, z: cross(x, y) };
}
