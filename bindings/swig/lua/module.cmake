# smtpcodes_lua_swig_module(VERSION INCLUDE_DIR): the module smtpcodes_swig for one Lua. bindings/lua includes this.
find_package(SWIG 4.1 REQUIRED COMPONENTS lua)
include(UseSWIG)

set(smtpcodes_interface ${CMAKE_CURRENT_LIST_DIR}/../smtpcodes.i)
set_source_files_properties(${smtpcodes_interface} PROPERTIES
  USE_SWIG_DEPENDENCIES ON SWIG_MODULE_NAME smtpcodes_swig
  COMPILE_OPTIONS "-nomoduleglobal;-module;smtpcodes_swig")

function(smtpcodes_lua_swig_module version include_dir)
  set(target smtpcodes_swig_lua${version})
  set(made ${CMAKE_CURRENT_BINARY_DIR}/swig/${version})
  swig_add_library(${target} TYPE MODULE LANGUAGE lua SOURCES ${smtpcodes_interface} OUTPUT_DIR ${made} OUTFILE_DIR ${made})
  add_dependencies(${target} smtpcodes_tables)
  target_include_directories(${target} PRIVATE
    ${CMAKE_CURRENT_FUNCTION_LIST_DIR} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../lua)
  target_compile_features(${target} PRIVATE c_std_11)
  set_target_properties(${target} PROPERTIES SWIG_USE_TARGET_INCLUDE_DIRECTORIES ON)
  smtpcodes_lua_module(${target} smtpcodes_swig ${version} ${include_dir})
endfunction()
