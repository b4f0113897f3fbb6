import { isIPv4, isIPv6 } from 'node:net'

/**
 * The string formats that the server checks in custom resources and the sandbox checks too.
 * Source: k8s.io/kube-openapi, pkg/validation/strfmt.
 */
export const STRING_FORMATS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date-time', isDateTime],
  ['datetime', isDateTime],
  ['date', (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))],
  ['duration', isDuration],
  ['ipv4', isIPv4],
  ['ipv6', isIPv6],
  ['cidr', isCidr],
  [
    'hostname',
    (text) =>
      text.length <= 255 &&
      /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*$/.test(text),
  ],
  ['uri', (text) => URL.canParse(text) || text.startsWith('/')],
  ['uuid', (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text)],
  ['byte', (text) => text === '' || /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)],
  ['password', () => true],
])

/** Formats that a real server checks and the sandbox does not; a CRD that uses one is refused. */
export const UNSUPPORTED_FORMATS: ReadonlySet<string> = new Set([
  'bsonobjectid',
  'email',
  'mac',
  'uuid3',
  'uuid4',
  'uuid5',
  'isbn',
  'isbn10',
  'isbn13',
  'creditcard',
  'ssn',
  'hexcolor',
  'rgbcolor',
  'k8s-short-name',
  'k8s-long-name',
])

const DATE_TIME = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/

function isDateTime(text: string): boolean {
  const match = DATE_TIME.exec(text)
  return match !== null && !Number.isNaN(Date.parse(`${match[1]}T${match[2]}Z`))
}

function isDuration(text: string): boolean {
  return (
    /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*$/.test(
      text,
    ) || text === '0'
  )
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/')
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false
  return isIPv4(address) ? Number(bits) <= 32 : isIPv6(address) && Number(bits) <= 128
}

const patterns = new Map<string, RegExp | undefined>()

/** A schema's pattern as a JavaScript one, compiled once; undefined when only Go understands it. */
export function compilePattern(pattern: string): RegExp | undefined {
  if (!patterns.has(pattern)) patterns.set(pattern, compile(pattern))
  return patterns.get(pattern)
}

function compile(pattern: string): RegExp | undefined {
  // Go's RE2 and JavaScript agree on what both compile, but for a few escapes.
  if (/\\[AzQEpPC]|\[\[:/.test(pattern)) return undefined
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags)
    } catch {
      // Some escapes are errors with the first flag only.
    }
  }
  return undefined
}
