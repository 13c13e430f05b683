/** SSIM's constants, which keep flat windows from dividing by nothing (K1, K2 and the range of values of the paper). */
const meanConstant = (0.01 * 255) ** 2;
const varianceConstant = (0.03 * 255) ** 2;

/**
 * Structural similarity of two windows of as many pixels, lightness 0 to 255: 1 where they are the same, down to -1.
 * Wang, Bovik, Sheikh, Simoncelli: Image Quality Assessment (2004), equation 13, all pixels weighing the same.
 */
export function windowSsim(first: Uint8Array, second: Uint8Array): number {
  let [sumFirst, sumSecond, squaresFirst, squaresSecond, products] = [0, 0, 0, 0, 0];
  for (let pixel = 0; pixel < first.length; pixel++) {
    const [one, other] = [first[pixel]!, second[pixel]!];
    sumFirst += one;
    sumSecond += other;
    squaresFirst += one * one;
    squaresSecond += other * other;
    products += one * other;
  }
  const count = first.length;
  const [meanFirst, meanSecond] = [sumFirst / count, sumSecond / count];
  const variances = squaresFirst / count - meanFirst ** 2 + (squaresSecond / count - meanSecond ** 2);
  const covariance = products / count - meanFirst * meanSecond;
  const alike = (2 * meanFirst * meanSecond + meanConstant) * (2 * covariance + varianceConstant);
  return alike / ((meanFirst ** 2 + meanSecond ** 2 + meanConstant) * (variances + varianceConstant));
}
