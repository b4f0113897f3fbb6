/** The file that makes a folder a workspace. */
export const WORKSPACE_FILE = 'obol.yaml'
