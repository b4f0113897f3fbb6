import { groupDigits } from './group-digits.ts'

/** `1 step`, `0 steps`, `1,204 steps`: a count with its noun. */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${groupDigits(count)} ${count === 1 ? singular : several}`
}
