const LONGEST = 200

/**
 * True when a regular expression cannot blow up: JavaScript's engine goes back, RE2 (which CEL asks for) does not. No
 * repeated group, no two repetitions side by side that may match the same, and short. Stricter than it would have to be. Pure.
 */
export function isSafePattern(pattern: string): boolean {
  if (pattern.length > LONGEST || /\)[*+?{]/.test(pattern) || /\\[1-9]|\(\?/.test(pattern)) return false
  const repeated = pattern.match(/[*+]|\{\d*,\d*\}/g) ?? []
  if (repeated.length > 3) return false
  try {
    return new RegExp(pattern, 'u') instanceof RegExp
  } catch {
    return false
  }
}
