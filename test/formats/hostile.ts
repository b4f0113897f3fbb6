import fc from 'fast-check'
import type { ReportView } from '../../src/plan/report-view.ts'

/** Keys whose values are words of our own, of a closed set: nobody else writes them. */
const CLOSED = new Set([
  'severity',
  'symbol',
  'op',
  'type',
  'reason',
  'operation',
  'decision',
  'reordered',
  'review',
  'state',
])

/** What a name, value or message may hold that was written to do harm. */
const HOSTILE: readonly string[] = [
  '`',
  '``` ',
  '\n```\n',
  '\n~~~\n',
  '``````````',
  '</details>',
  '\n\n</details>\n\n',
  '</summary><details open>',
  '-->',
  '<!-- obol-review:shop -->',
  '<!--',
  '@everyone',
  ' @org/team ',
  '#123',
  ' owner/repo#1',
  'GH-12',
  '!45',
  '![](http://evil.example/x.png)',
  '[text](javascript:alert(1))',
  '[ref]: http://evil.example',
  '<http://evil.example>',
  'https://evil.example/a',
  'www.evil.example',
  'me@evil.example',
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '<b',
  '&lt;img&gt;',
  '&#64;everyone',
  ':octocat:',
  '$`x`$',
  '|',
  '\\|',
  '\\\\|',
  '\\',
  '*a* **b** _c_ ~~d~~',
  '\r\n',
  '\n# title\n',
  '\n- [ ] task\n',
  '\n/close\n',
  '\n::error::pwned',
  '::set-output name=a::b',
  '##[error]pwned',
  '%0A::error::x',
  '\u0000',
  '\u202eabc\u202c',
  '\u2028',
  '\u200b',
  '\u001b[2J',
  '\ud800',
  '%%{init: {}}%%',
  '"] --> x["',
  '***',
  ' ',
  '',
]

/** A text made of a few of those. */
export const hostileText = fc
  .array(fc.constantFrom(...HOSTILE), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''))

export type Place = 'before' | 'after' | 'instead'

/** The report with the text at, or in place of, every string that somebody else has a say in. */
export function hostileReport(report: ReportView, text: string, place: Place): ReportView {
  const change = (value: string): string =>
    place === 'before' ? `${text}${value}` : place === 'after' ? `${value}${text}` : text
  return changeStrings(report, change)
}

function changeStrings<T>(value: T, change: (text: string) => string): T
function changeStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => changeStrings(item, change))
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).map(([key, item]) => {
    const isClosed = CLOSED.has(key) && typeof item === 'string'
    return [key, isClosed ? item : changeStrings(item, change)] as const
  })
  return Object.fromEntries(fields)
}
