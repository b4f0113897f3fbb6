// Generated from schemas/policy.schema.json by `npm run gen`. Do not edit.

/**
 * Rules of the house over offers and plans. Files below policies/ of a workspace.
 */
export interface Policy {
  /**
   * Version of this format.
   */
  apiVersion: 'offers.obol.org/v1alpha1'
  /**
   * Kind of this document.
   */
  kind: 'Policy'
  /**
   * Name of the policy.
   */
  metadata: {
    /**
     * Stands before the name of each rule in messages.
     */
    name: string
  }
  /**
   * What must hold.
   */
  spec: {
    /**
     * Each is checked by itself; the order does not matter.
     *
     * @minItems 1
     * @maxItems 200
     */
    rules: PolicyRule[]
  }
}
export interface PolicyRule {
  /**
   * Stands in the message of a violation.
   */
  name: string
  /**
   * What is checked: each way to pay for each offer (the variable offer), or the plan as a whole (the variable plan). Default: offer.
   */
  for?: 'offer' | 'plan'
  /**
   * CEL expression: where it is false the rule says nothing. Default: the rule is for all.
   */
  when?: string
  /**
   * CEL expression that must be true. What cannot be evaluated counts as violated.
   */
  check: string
  /**
   * What is said of a violation. Default: the check itself.
   */
  message?: string
  /**
   * CEL expression that gives the message, in place of message.
   */
  messageExpression?: string
  /**
   * Field of the ServiceOffer that a violation is pointed at. Default: the offer.
   */
  field?: string
  /**
   * error keeps the plan from being applied (exit code 6), warning does not. Default: error.
   */
  severity?: 'error' | 'warning'
}
