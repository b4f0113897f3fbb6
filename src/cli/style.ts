/** Functions that colour one line of text, or leave it as it is. */
export type Style = {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  cyan(text: string): string
}

function sgr(on: number, off: number, colour: boolean): (text: string) => string {
  return colour ? (text) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`) : (text) => text
}

/** The styles of a stream: the sixteen colours every terminal has, or none. */
export function createStyle(colour: boolean): Style {
  return {
    bold: sgr(1, 22, colour),
    dim: sgr(2, 22, colour),
    red: sgr(31, 39, colour),
    green: sgr(32, 39, colour),
    yellow: sgr(33, 39, colour),
    cyan: sgr(36, 39, colour),
  }
}

/**
 * Whether a stream gets colour: `--no-color` says no, then FORCE_COLOR (anything but `0`) says yes, then NO_COLOR and
 * TERM=dumb say no (no-color.org), and otherwise a terminal does.
 */
export function wantsColour(
  env: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
  args: readonly string[],
): boolean {
  if (hasFlag(args, '--no-color')) return false
  const force = env['FORCE_COLOR']
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false
  return isTTY
}

/** True when the flag stands among the arguments before `--`: for what must be known before the arguments are parsed. */
export function hasFlag(args: readonly string[], flag: string): boolean {
  const end = args.indexOf('--')
  return (end < 0 ? args : args.slice(0, end)).includes(flag)
}
