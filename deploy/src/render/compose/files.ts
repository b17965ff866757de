/** The files of a Compose rendering; configurations are in `configs/`. */
export const FILES = {
  built: 'compose.yaml',
  planned: 'compose.planned.yaml',
  environment: '.env.example',
} as const;
