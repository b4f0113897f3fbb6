/** `1 step`, `0 steps`, `1,204 steps`: a count with its noun. */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? singular : several}`
}
