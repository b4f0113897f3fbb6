/**
 * True for an IPv4 or IPv6 address that Kubernetes takes in Endpoints: not unspecified, loopback, link-local or
 * multicast, in any spelling (the rules of the API server's endpoints validation).
 */
export function isEndpointAddress(address: string): boolean {
  const octets = ipv4Octets(address)
  if (octets !== undefined) return isUsableIpv4(octets)
  const groups = ipv6Groups(address)
  return groups !== undefined && isUsableIpv6(groups)
}

function ipv4Octets(address: string): readonly number[] | undefined {
  const parts = address.split('.')
  // No leading zeros: some readers take them as octal.
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined
  const octets = parts.map(Number)
  return octets.every((octet) => octet <= 255) ? octets : undefined
}

function isUsableIpv4(octets: readonly number[]): boolean {
  const [first = 0, second = 0] = octets
  const isLinkLocal = first === 169 && second === 254
  return first !== 0 && first !== 127 && !isLinkLocal && first < 224
}

/** The eight groups of an IPv6 address; the URL parser does the spelling. */
function ipv6Groups(address: string): readonly number[] | undefined {
  if (!address.includes(':') || !URL.canParse(`http://[${address}]/`)) return undefined
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16))
}

function isUsableIpv6(groups: readonly number[]): boolean {
  const [first = 0] = groups
  const isMulticast = first >= 0xff00
  const isLinkLocal = (first & 0xffc0) === 0xfe80
  // ::, ::1 and IPv4-mapped addresses, which belong in their IPv4 form.
  const isSpecial = groups.slice(0, 5).every((group) => group === 0)
  return !isMulticast && !isLinkLocal && !isSpecial
}
