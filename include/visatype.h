/* visatype.h: the data types of VISA (VPP-4.3.2), and the macros that its declarations use.
 *
 * Part of ferrovisa. SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef __VISATYPE_HEADER__
#define __VISATYPE_HEADER__

#include <limits.h>

/*- Calling conventions -----------------------------------------------------*/

#if defined(_WIN64)

#define _VI_FUNC       __fastcall
#define _VI_FUNCC      __fastcall
#define _VI_FUNCH      __fastcall

#elif defined(_WIN32)

#define _VI_FUNC       __stdcall
#define _VI_FUNCC      __cdecl
#define _VI_FUNCH      __stdcall

#else

#define _VI_FUNC
#define _VI_FUNCC
#define _VI_FUNCH

#endif

#define _VI_PTR        *
#define _VI_SIGNED     signed

/*- 64-bit integers ---------------------------------------------------------*/

/* A program that brings ViInt64 and ViUInt64 itself defines _VI_INT64_UINT64_DEFINED first. */
#if !defined(_VI_INT64_UINT64_DEFINED)
#if LONG_MAX > 0x7FFFFFFFL
/* Where long has 64 bits it serves, so that strict C90 accepts the header too. */
typedef signed long                 ViInt64;
typedef unsigned long               ViUInt64;
#define _VI_INT64_UINT64_DEFINED
#elif defined(__GNUC__)
__extension__ typedef signed long long   ViInt64;
__extension__ typedef unsigned long long ViUInt64;
#define _VI_INT64_UINT64_DEFINED
#elif defined(_MSC_VER)
typedef signed __int64              ViInt64;
typedef unsigned __int64            ViUInt64;
#define _VI_INT64_UINT64_DEFINED
#endif
#endif

/* Chooses the width of addresses, and with it which of the _32 and _64 attributes a plain
 * attribute name stands for. */
#if defined(_WIN64) || LONG_MAX > 0x7FFFFFFFL
#if defined(_VI_INT64_UINT64_DEFINED) && !defined(_VISA_ENV_IS_64_BIT)
#define _VISA_ENV_IS_64_BIT
#endif
#endif

#if defined(_VI_INT64_UINT64_DEFINED)
typedef ViInt64             _VI_PTR ViPInt64;
typedef ViInt64             _VI_PTR ViAInt64;
typedef ViUInt64            _VI_PTR ViPUInt64;
typedef ViUInt64            _VI_PTR ViAUInt64;
#endif

/*- Numbers: ViPx points to one x, ViAx to the first of an array of x --------*/

/* ViInt32 has 32 bits everywhere, and so is int where long has 64. */
#if LONG_MAX > 0x7FFFFFFFL
typedef _VI_SIGNED int              ViInt32;
typedef unsigned int                ViUInt32;
#else
typedef _VI_SIGNED long             ViInt32;
typedef unsigned long               ViUInt32;
#endif
typedef ViInt32             _VI_PTR ViPInt32;
typedef ViInt32             _VI_PTR ViAInt32;
typedef ViUInt32            _VI_PTR ViPUInt32;
typedef ViUInt32            _VI_PTR ViAUInt32;

typedef _VI_SIGNED short            ViInt16;
typedef ViInt16             _VI_PTR ViPInt16;
typedef ViInt16             _VI_PTR ViAInt16;
typedef unsigned short              ViUInt16;
typedef ViUInt16            _VI_PTR ViPUInt16;
typedef ViUInt16            _VI_PTR ViAUInt16;

typedef _VI_SIGNED char             ViInt8;
typedef ViInt8              _VI_PTR ViPInt8;
typedef ViInt8              _VI_PTR ViAInt8;
typedef unsigned char               ViUInt8;
typedef ViUInt8             _VI_PTR ViPUInt8;
typedef ViUInt8             _VI_PTR ViAUInt8;

typedef char                        ViChar;
typedef ViChar              _VI_PTR ViPChar;
typedef ViChar              _VI_PTR ViAChar;
typedef unsigned char               ViByte;
typedef ViByte              _VI_PTR ViPByte;
typedef ViByte              _VI_PTR ViAByte;

typedef float                       ViReal32;
typedef ViReal32            _VI_PTR ViPReal32;
typedef ViReal32            _VI_PTR ViAReal32;
typedef double                      ViReal64;
typedef ViReal64            _VI_PTR ViPReal64;
typedef ViReal64            _VI_PTR ViAReal64;

typedef void                _VI_PTR ViAddr;
typedef ViAddr              _VI_PTR ViPAddr;
typedef ViAddr              _VI_PTR ViAAddr;

/*- Buffers and strings: here the P form is the same pointer, not one more ---*/

typedef ViPByte                     ViBuf;
typedef ViPByte                     ViPBuf;
typedef ViPByte             _VI_PTR ViABuf;
typedef const ViByte        _VI_PTR ViConstBuf;

typedef ViPChar                     ViString;
typedef ViPChar                     ViPString;
typedef ViPChar             _VI_PTR ViAString;
typedef const ViChar        _VI_PTR ViConstString;

typedef ViString                    ViRsrc;
typedef ViString                    ViPRsrc;
typedef ViString            _VI_PTR ViARsrc;
typedef ViConstString               ViConstRsrc;

typedef ViString                    ViKeyId;
typedef ViString                    ViPKeyId;
typedef ViConstString               ViConstKeyId;

/*- Types with a meaning ----------------------------------------------------*/

typedef ViUInt16                    ViBoolean;
typedef ViBoolean           _VI_PTR ViPBoolean;
typedef ViBoolean           _VI_PTR ViABoolean;

typedef ViInt32                     ViStatus;
typedef ViStatus            _VI_PTR ViPStatus;
typedef ViStatus            _VI_PTR ViAStatus;

typedef ViUInt32                    ViVersion;
typedef ViVersion           _VI_PTR ViPVersion;
typedef ViVersion           _VI_PTR ViAVersion;

typedef ViUInt32                    ViObject;
typedef ViObject            _VI_PTR ViPObject;
typedef ViObject            _VI_PTR ViAObject;

typedef ViObject                    ViSession;
typedef ViSession           _VI_PTR ViPSession;
typedef ViSession           _VI_PTR ViASession;

typedef ViUInt32                    ViAttr;
typedef ViAttr              _VI_PTR ViPAttr;
typedef ViAttr              _VI_PTR ViAAttr;

/*- The constants that drivers need without the rest of VISA ----------------*/

/* Errors are _VI_ERROR plus a positive number: negative, of signed type, and so equal to the
 * ViStatus that a function returns also where long is wider than ViStatus. */
#define _VI_ERROR                   (-2147483647L-1)

#define VI_SUCCESS                  (0L)

#define VI_NULL                     (0)
#define VI_TRUE                     (1)
#define VI_FALSE                    (0)

#endif
