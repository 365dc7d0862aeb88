/** How sure a sample should make: the usual 95 %. */
const CERTAINTY = 0.95;

/**
 * What a sample without a fault proves of all that it was drawn from.
 *
 * @returns how many faulty ones there would have to be for the sample to have shown one with a certainty of 95 %; 0 when
 *   all were looked at, undefined when none was
 */
export function provenBelow(population: number, checked: number): number | undefined {
  if (checked <= 0) return undefined;
  if (checked >= population) return 0;
  let low = 1;
  let high = population;
  while (low < high) {
    const faulty = Math.floor((low + high) / 2);
    if (chanceToMiss(population, checked, faulty) <= 1 - CERTAINTY) high = faulty;
    else low = faulty + 1;
  }
  return low;
}

/** The chance that a sample, drawn without putting back, has none of the faulty ones. */
function chanceToMiss(population: number, checked: number, faulty: number): number {
  let chance = 1;
  for (let drawn = 0; drawn < checked && chance > 0; drawn++) {
    chance *= Math.max(0, population - faulty - drawn) / (population - drawn);
  }
  return chance;
}
