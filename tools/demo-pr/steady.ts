/** A text without what differs from run to run: ports, hashes, times, and the fee, which the chain's base fee moves. Pure. */
export function steady(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:6443')
    .replace(/\b[0-9a-f]{40}\b/g, '<commit>')
    .replace(/`[0-9a-f]{7}`/g, '`<short>`')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
    .replace(/since \d+ \w+( \d{4})?/g, 'since <day>')
    .replace(/\d+\.\d+ to \d+\.\d+ ETH/g, '<fee> ETH')
    .replace(/0x(05c568f7\w*|[0-9a-f]{64})\b/g, '<hash>')
}
