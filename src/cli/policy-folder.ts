/** Where the rules of a workspace are, in its folder. */
export const POLICY_FOLDER = 'policies'
