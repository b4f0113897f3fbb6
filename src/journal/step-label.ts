/**
 * A step's id for people: `ServiceOffer llm/aeon` of `ServiceOffer.obol.org/llm/aeon`, `base-sepolia set-metadata image` of
 * `register/base-sepolia/set-metadata/image`. Pure.
 */
export function stepLabel(step: string): string {
  const [kind = '', ...name] = step.split('/')
  if (kind === 'register') {
    const [network = '', op = '', ...key] = name
    return [network, op, key.join('/')].filter((part) => part !== '').join(' ')
  }
  return [kind.split('.')[0] ?? kind, name.join('/')].filter((part) => part !== '').join(' ')
}
