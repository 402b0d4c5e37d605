#include "CConsentKitAtomics.h"
