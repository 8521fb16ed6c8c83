/** The exponent with which `y` grows with `x`, by least squares over the logarithms; undefined for fewer than two points. */
export function growthExponent(points) {
  if (points.length < 2) return undefined;
  const logs = points.map(({ x, y }) => [Math.log(x), Math.log(y)]);
  const mean = (index) => logs.reduce((sum, log) => sum + log[index], 0) / logs.length;
  const [mx, my] = [mean(0), mean(1)];
  const slope = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  return Math.round(slope * 100) / 100;
}
