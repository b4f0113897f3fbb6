const SECOND = 1_000_000_000n
const UNITS: Readonly<Record<string, bigint>> = {
  h: 3_600n * SECOND,
  m: 60n * SECOND,
  s: SECOND,
  ms: 1_000_000n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ns: 1n,
}
const LIMIT = 2n ** 63n

/** Nanoseconds of a duration as Go writes it (`1h30m`, `-1.5s`), or undefined. Source: time.ParseDuration. */
export function durationNanos(text: string): bigint | undefined {
  if (text.length > 100) return undefined
  const [, sign = '', rest = ''] = /^([-+]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0n
  let total = 0n
  let at = 0
  for (const found of rest.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/gy)) {
    const [whole, digits = '', fraction = '', unit = ''] = found
    if (digits === '' && fraction === '') return undefined
    const scale = UNITS[unit] ?? 0n
    const part = (BigInt(fraction === '' ? 0 : fraction) * scale) / 10n ** BigInt(fraction.length)
    total += BigInt(digits === '' ? 0 : digits) * scale + part
    at += whole.length
  }
  if (at === 0 || at !== rest.length || total >= LIMIT) return undefined
  return sign === '-' ? -total : total
}

/** Nanoseconds since 1970 of an RFC 3339 time, or undefined. */
export function timestampNanos(text: string): bigint | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[-+]\d{2}:\d{2})$/.exec(text)
  if (match === null) return undefined
  const [, date = '', hours = '', minutes = '', seconds = '', fraction = '', zone = ''] = match
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const day = dateNanos(date)
  const offset = zoneSeconds(zone)
  if (day === undefined || offset === undefined) return undefined
  const clock = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) - offset)
  return day + clock * SECOND + BigInt(fraction.padEnd(9, '0'))
}

function zoneSeconds(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))]
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60)
}

/** Nanoseconds since 1970 of a day, or undefined when there is no such day. */
export function dateNanos(text: string): bigint | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const date = new Date(`${text}T00:00:00Z`)
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text)) return undefined
  return BigInt(date.getTime()) * 1_000_000n
}

/** As Go prints it: RFC 3339, with as many digits after the second as needed. */
export function showTimestamp(nanos: bigint): string {
  const rest = ((nanos % SECOND) + SECOND) % SECOND
  const base = dateOf(nanos).toISOString().slice(0, 19)
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`
  return `${base}${fraction}Z`
}

/** `5400s`, `1.5s`. */
export function showDuration(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos
  const rest = size % SECOND
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`
  return `${nanos < 0n ? '-' : ''}${size / SECOND}${fraction}s`
}

/** The whole second of a time. */
function dateOf(nanos: bigint): Date {
  const seconds = (nanos - (((nanos % SECOND) + SECOND) % SECOND)) / SECOND
  return new Date(Number(seconds) * 1000)
}

const GETTERS: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: (date) =>
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - yearStart(date)) / 864e5,
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
}

function yearStart(date: Date): number {
  return Date.UTC(date.getUTCFullYear(), 0, 1)
}

/** A part of a time in UTC; undefined for a name that is none. */
export function timestampPart(nanos: bigint, getter: string): bigint | undefined {
  if (getter === 'getMilliseconds') return (((nanos % SECOND) + SECOND) % SECOND) / 1_000_000n
  const get = Object.hasOwn(GETTERS, getter) ? GETTERS[getter] : undefined
  return get === undefined ? undefined : BigInt(get(dateOf(nanos)))
}

/** A duration in whole units, towards zero; undefined for a name that is none. */
export function durationPart(nanos: bigint, getter: string): bigint | undefined {
  switch (getter) {
    case 'getHours':
      return nanos / (3600n * SECOND)
    case 'getMinutes':
      return nanos / (60n * SECOND)
    case 'getSeconds':
      return nanos / SECOND
    default:
      return undefined
  }
}
