/** `0x` and an even number of hexadecimal digits, lower case unless it is an address. */
export type Hex = `0x${string}`

/** An EVM address as text: `0x` and 40 hexadecimal digits, EIP-55 checksummed unless said otherwise. */
export type Address = `0x${string}`

/** Same address, whatever the letter case. */
export function isSameAddress(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase()
}
