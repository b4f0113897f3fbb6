/** A text without what differs from run to run: ports, hashes of commits, and times. Pure. */
export function steady(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:6443')
    .replace(/(?<![0-9a-fx])[0-9a-f]{40}\b/g, '<commit>')
    .replace(/`[0-9a-f]{7}`/g, '`<short>`')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
    .replace(/since \d+ \w+( \d{4})?/g, 'since <day>')
}
