/**
 * The Equal Earth projection (Šavrič, Patterson and Jenny 2018, doi:10.1080/13658816.2018.1504949): equal areas stay equal.
 * @returns x to the east and y to the north, in radii of the sphere; the world is 5.41 wide and 2.63 high
 */
export function equalEarth(latitude: number, longitude: number): readonly [number, number] {
  const theta = Math.asin((Math.sqrt(3) / 2) * Math.sin((latitude * Math.PI) / 180));
  const lambda = (longitude * Math.PI) / 180;
  const square = theta * theta;
  const sixth = square * square * square;
  const slope = a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square);
  return [
    (2 * Math.sqrt(3) * lambda * Math.cos(theta)) / (3 * slope),
    theta * (a1 + a2 * square + sixth * (a3 + a4 * square)),
  ];
}

const [a1, a2, a3, a4] = [1.340264, -0.081106, 0.000893, 0.003796] as const;
