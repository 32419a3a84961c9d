export const MODULES: Record<string, () => string>;
