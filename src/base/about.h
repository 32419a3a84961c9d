/* Texts that only help pages show, and that a build without such pages does without. */
#ifndef W403_BASE_ABOUT_H
#define W403_BASE_ABOUT_H

#ifdef W403_CORE
#define ABOUT(text) NULL
#else
#define ABOUT(text) text
#endif

#endif
