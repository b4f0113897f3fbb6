import { type Cidr, type Ip, isA, list, type MapKey, NotChecked, noOverload, type Url, type Value } from './values.ts'

/** An address, or undefined when the text is none; IPv4 inside of IPv6 and zones are none. Source: Go's netip.ParseAddr. */
export function parseIp(text: string): Ip | undefined {
  if (!text.includes(':')) return parseIp4(text)
  if (text.includes('.') || text.includes('%')) throw new NotChecked('an address of a mixed form')
  return parseIp6(text)
}

function parseIp4(text: string): Ip | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined
  return { type: 'ip', family: 4, bits: parts.reduce((bits, part) => bits * 256n + BigInt(part), 0n) }
}

function parseIp6(text: string): Ip | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...new Array<string>(missing).fill('0'), ...tail]
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  const bits = groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
  if (bits >> 32n === 0xffffn) throw new NotChecked('an address of a mixed form')
  return { type: 'ip', family: 6, bits }
}

/** A range of addresses, or undefined. */
export function parseCidr(text: string): Cidr | undefined {
  const [, address = '', digits = ''] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? []
  const ip = address === '' ? undefined : parseIp(address)
  const length = Number(digits)
  return ip === undefined || length > widthOf(ip) ? undefined : { type: 'cidr', ip, length }
}

function widthOf({ family }: Ip): number {
  return family === 4 ? 32 : 128
}

function prefixOf(ip: Ip, length: number): bigint {
  return ip.bits >> BigInt(widthOf(ip) - length)
}

/** A function of addresses, or undefined when there is none of that name. */
export function ipFunction(name: string, ip: Ip): Value | undefined {
  switch (name) {
    case 'family':
      return BigInt(ip.family)
    case 'isUnspecified':
      return ip.bits === 0n
    case 'isLoopback':
      return ip.family === 4 ? ip.bits >> 24n === 127n : ip.bits === 1n
    default:
      return undefined
  }
}

/** A function of ranges of addresses, or undefined when there is none of that name. */
export function cidrFunction(name: string, cidr: Cidr, args: readonly Value[]): Value | undefined {
  switch (name) {
    case 'containsIP': {
      const ip = ipOf(args[0])
      return ip.family === cidr.ip.family && prefixOf(ip, cidr.length) === prefixOf(cidr.ip, cidr.length)
    }
    case 'containsCIDR': {
      const other = cidrOf(args[0])
      if (other.ip.family !== cidr.ip.family || other.length < cidr.length) return false
      return prefixOf(other.ip, cidr.length) === prefixOf(cidr.ip, cidr.length)
    }
    case 'ip':
      return cidr.ip
    case 'prefixLength':
      return BigInt(cidr.length)
    default:
      return undefined
  }
}

function ipOf(value: Value | undefined): Ip {
  const ip = typeof value === 'string' ? parseIp(value) : value
  return isA(ip, 'ip') ? ip : noOverload('no address')
}

function cidrOf(value: Value | undefined): Cidr {
  const cidr = typeof value === 'string' ? parseCidr(value) : value
  return isA(cidr, 'cidr') ? cidr : noOverload('no range of addresses')
}

/**
 * A URL, or undefined when the text is surely none. Throws NotChecked between the two: Go's rules are its own.
 * Source: net/url.ParseRequestURI.
 */
export function parseUrl(text: string): Url | undefined {
  const match =
    /^([a-z][a-z0-9+.-]*):\/\/([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?(\/[\w.~/-]*)?(?:\?([\w.~=&/-]*))?$/.exec(
      text,
    )
  if (match !== null) {
    const [, scheme = '', name = '', port = '', path = '', query = ''] = match
    const hostname = name.replace(/^\[|\]$/g, '')
    if (hostname !== name && parseIp(hostname) === undefined) throw new NotChecked('an unusual URL')
    return { type: 'url', scheme, host: port === '' ? name : `${name}:${port}`, hostname, port, path, query }
  }
  if (/^\/[\w.~/-]*$/.test(text) && !text.startsWith('//')) {
    return { type: 'url', scheme: '', host: '', hostname: '', port: '', path: text, query: '' }
  }
  // Neither a path nor anything with a scheme.
  if (text === '' || /^[\w.~-][\w.~/-]*$/.test(text)) return undefined
  throw new NotChecked('an unusual URL')
}

/** A function of URLs, or undefined when there is none of that name. */
export function urlFunction(name: string, url: Url): Value | undefined {
  switch (name) {
    case 'getScheme':
      return url.scheme
    case 'getHost':
      return url.host
    case 'getHostname':
      return url.hostname
    case 'getPort':
      return url.port
    case 'getEscapedPath':
      return url.path
    case 'getQuery':
      return queryOf(url.query)
    default:
      return undefined
  }
}

function queryOf(query: string): Value {
  const found = new Map<MapKey, string[]>()
  for (const part of query.split('&')) {
    if (part === '') continue
    const [key = '', ...rest] = part.split('=')
    found.set(key, [...(found.get(key) ?? []), rest.join('=')])
  }
  return { type: 'map', entries: new Map([...found].map(([key, values]) => [key, list(values)])) }
}
