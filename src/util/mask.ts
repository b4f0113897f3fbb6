const MASK = '***'

type Rule = { readonly pattern: RegExp; readonly replacement: string }

const RULES: readonly Rule[] = [
  {
    pattern: /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g,
    replacement: `${MASK} (private key)`,
  },
  // scheme://user:password@host and scheme://token@host
  { pattern: /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'`]+@/gi, replacement: `$1${MASK}@` },
  // Hosted RPC nodes carry the key in the path: https://host/v2/<key>
  { pattern: /(\bhttps?:\/\/[^\s"'`]*\/v\d+\/)[A-Za-z0-9_-]{16,}/g, replacement: `$1${MASK}` },
  { pattern: /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, replacement: `$1 ${MASK}` },
  // JSON web tokens, which is what service accounts have
  { pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, replacement: MASK },
  {
    pattern: /([?&](?:access_?token|api_?key|auth|key|password|secret|sig|signature|token)=)[^&\s#"'`]+/gi,
    replacement: `$1${MASK}`,
  },
  {
    pattern:
      /(["']?\b(?:password|passwd|client-key-data|private_?key|mnemonic|secret_?key|api_?key)\b["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;}&#]+)/gi,
    replacement: `$1${MASK}`,
  },
  // What a snapshot has in place of a secret says which values are equal, and is shown like any other.
  { pattern: /\*\*\*hmac:[0-9a-f]{16}/g, replacement: MASK },
]

/** The text with what looks like a credential replaced by `***`: URL user info, tokens, keys. For every text that leaves. */
export function maskText(text: string): string {
  return RULES.reduce((masked, rule) => masked.replace(rule.pattern, rule.replacement), text)
}
