/* What models.c and model_file.c share. See models.h for meaning. */
#ifndef ESC_MODELS_INTERNAL_H
#define ESC_MODELS_INTERNAL_H

#include "models.h"

enum { ESC_MODEL_MAX_NAME = 255 }; /* bytes of a function's name */

/* realloc that aborts with a message instead of returning NULL. */
void *esc_models_grow(void *old, size_t bytes);

/* A copy of the bytes, or of the name with a NUL behind it, that lives as long as the set. */
void *esc_models_keep(struct esc_models *models, const void *bytes, size_t size);
const char *esc_models_keep_name(struct esc_models *models, const char *name, size_t length);

/* Adds a table of `count` models and returns it, to be filled in (sorted, names distinct). */
struct esc_model *esc_models_add(struct esc_models *models, size_t count);

/* The model of that very name, or NULL; no respelling. */
const struct esc_model *esc_models_find_exact(const struct esc_models *models, const char *name);

#endif
